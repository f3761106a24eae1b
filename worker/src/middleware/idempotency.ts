/** `Idempotency-Key` on requests that create: sent again with the same key, a request does nothing and is answered as the first one
 *  was. Starts of executions need none of this: their key becomes the execution's id. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as idempotencyKeys from '../db/idempotency-keys.ts';
import type { KeptAnswer } from '../db/idempotency-keys.ts';
import { AppError } from '../errors.ts';
import { hashOf } from '../identity/token.ts';
import {
  IDEMPOTENCY_ANSWER_CHARS_MAX,
  IDEMPOTENCY_KEY_CHARS_MAX,
  IDEMPOTENCY_KEY_LIFE_MS,
  IDEMPOTENCY_PENDING_MS,
} from '../limits.ts';
import { seal, unseal } from '../vault.ts';
import type { SealPlace } from '../vault.ts';
import type { AppEnv } from './context.ts';
import { answering } from './permission.ts';

export const idempotent = createMiddleware<AppEnv>(async function idempotent(c, next) {
  const given = c.req.header('idempotency-key') ?? '';
  if (given === '' || !isCreating(c)) return next();
  if (given.length > IDEMPOTENCY_KEY_CHARS_MAX)
    throw new AppError('invalid_parameter', `Idempotency-Key has at most ${IDEMPOTENCY_KEY_CHARS_MAX} characters.`);
  const { tenant, principal, now } = c.var;
  const key = await hashOf(`${principal.userId}\n${given}`);
  const request = await hashOf(`${c.req.method} ${c.req.url}\n${await c.req.raw.clone().text()}`);
  const kept = await idempotencyKeys.claim(tenant, { key, request, now, expiresAt: now + IDEMPOTENCY_PENDING_MS });
  if (kept !== undefined) return repeat(c, key, request, kept);
  await next();
  await keep(c, key);
});

/** Files are left out: the bodies of those are too large to be compared, and putting one twice is putting it once. */
function isCreating(c: Context<AppEnv>): boolean {
  if (c.req.method !== 'POST' || /^multipart\//i.test(c.req.header('content-type') ?? '')) return false;
  const permissions = answering(c)?.permissions ?? [];
  return permissions.some((one) => one.kind === 'can' && one.action === 'CREATE' && one.resource !== 'EXECUTION');
}

async function repeat(c: Context<AppEnv>, key: string, request: string, kept: KeptAnswer): Promise<Response> {
  if (kept.request !== request)
    throw new AppError('invalid_parameter', 'This Idempotency-Key was used for another request; make a new one.');
  if (kept.status === null)
    throw new AppError('conflict', 'The first request with this Idempotency-Key is still under way.', {
      headers: { 'Retry-After': '1' },
    });
  const body = kept.body ? await unseal(c.var.config.secrets, placeOf(c, key), kept.body) : null;
  return new Response(body, {
    status: kept.status,
    headers: { ...(kept.contentType && { 'Content-Type': kept.contentType }), 'Idempotency-Replayed': 'true' },
  });
}

/** What has failed, or is too large to be kept, may be tried again. */
async function keep(c: Context<AppEnv>, key: string): Promise<void> {
  const { tenant, config, now } = c.var;
  const text = c.res.ok ? await c.res.clone().text() : '';
  if (!c.res.ok || text.length > IDEMPOTENCY_ANSWER_CHARS_MAX) return idempotencyKeys.release(tenant, key);
  await idempotencyKeys.keep(tenant, key, {
    status: c.res.status,
    contentType: c.res.headers.get('content-type'),
    body: text === '' ? '' : await seal(config.secrets, placeOf(c, key), text),
    expiresAt: now + IDEMPOTENCY_KEY_LIFE_MS,
  });
}

function placeOf({ var: { tenant } }: Context<AppEnv>, key: string): SealPlace {
  return { tenant: tenant.key, namespace: '_idempotency', key, version: 0 };
}
