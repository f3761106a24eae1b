/** Writes down who changed what. It stands before every route of a tenant and reads what the route declares, so that no route can
 *  forget it. The record is written after the answer, which does not wait for it. */
import type { Context, MiddlewareHandler } from 'hono';
import { AUDIT_BATCH_MAX, AUDIT_GATHER_MS, AUDIT_SENDER_MS, AUDIT_WAITING_MAX } from '../limits.ts';
import type { AuditRecord, AuditType } from '../protocol/audit.ts';
import type { Action } from '../protocol/roles.ts';
import type { Tenant } from '../tenant.ts';
import type { AppEnv } from './context.ts';
import { answering } from './permission.ts';

/** What only looks. */
const LOOKING: ReadonlySet<Action> = new Set([
  'VIEW',
  'LIST',
  'FOLLOW',
  'ACCESS_LOGS',
  'ACCESS_OUTPUTS',
  'ACCESS_FILES',
  'EXPORT',
  'VALIDATE',
]);

export function audit(): MiddlewareHandler<AppEnv> {
  const trail = new AuditTrail();
  return async function audit(c, next) {
    await next();
    const record = recordOf(c);
    if (record !== undefined) c.executionCtx.waitUntil(trail.add(c.var.tenant, record));
  };
}

/** Undefined for what has changed nothing. */
function recordOf(c: Context<AppEnv>): AuditRecord | undefined {
  const route = answering(c);
  if (route === undefined || c.res.status >= 400) return undefined;
  const changing = route.permissions.find((one) => one.kind === 'can' && !LOOKING.has(one.action));
  // A check of inputs asks for the right to start, and starts nothing.
  if (changing?.kind !== 'can' || c.req.method === 'GET' || route.path.endsWith('/validate')) return undefined;
  const { principal, now: at, requestId } = c.var;
  const ip = c.req.header('cf-connecting-ip');
  const { tenant: _tenant, ...target } = c.req.param() as Record<string, string>;
  return {
    at,
    type: typeOf(changing.action, c.req.method),
    resource: changing.resource,
    action: changing.action,
    userId: principal.userId,
    email: principal.email,
    ...(principal.token && { tokenId: principal.token.id }),
    ...(ip !== undefined && { ip }),
    requestId,
    operation: `${c.req.method} ${route.path.replace(/^\/api\/v1(\/:tenant)?/, '').replace(/:(\w+)(\{.*?\}+)?/g, '{$1}')}`,
    target,
  };
}

function typeOf(action: Action, method: string): AuditType {
  if (action === 'CREATE' || action === 'IMPORT') return 'CREATE';
  return action === 'DELETE' || method === 'DELETE' ? 'DELETE' : 'UPDATE';
}

interface Waiting {
  records: AuditRecord[];
  /** Until when somebody is taken to be sending them. */
  senderUntil: number;
}

/** Records on their way to their tenants' logs: one call is under way for each tenant, and what comes meanwhile goes with the next. */
class AuditTrail {
  readonly #waiting = new Map<number, Waiting>();

  async add(tenant: Tenant, record: AuditRecord): Promise<void> {
    const waiting = this.#waiting.get(tenant.key) ?? { records: [], senderUntil: 0 };
    this.#waiting.set(tenant.key, waiting);
    if (waiting.records.length < AUDIT_WAITING_MAX) waiting.records.push(record);
    else console.error(`audit: too many records wait, one of tenant ${tenant.key} is lost`, record.requestId);
    // A sender whose request was cut off sends no more: after a while the next one takes over.
    if (record.at < waiting.senderUntil) return;
    waiting.senderUntil = record.at + AUDIT_SENDER_MS;
    try {
      await this.#send(tenant, waiting);
    } finally {
      waiting.senderUntil = 0;
      if (waiting.records.length === 0) this.#waiting.delete(tenant.key);
    }
  }

  async #send(tenant: Tenant, waiting: Waiting): Promise<void> {
    while (waiting.records.length > 0) {
      const batch = waiting.records.splice(0, AUDIT_BATCH_MAX);
      try {
        await tenant.audit().append(batch);
        // When there is always more, fewer and larger calls do.
        if (waiting.records.length > 0) await new Promise((resolve) => setTimeout(resolve, AUDIT_GATHER_MS));
      } catch (error) {
        // They stay for the next request.
        waiting.records.unshift(...batch);
        console.error(`audit: ${batch.length} records of tenant ${tenant.key} wait longer`, error);
        return;
      }
    }
  }
}
