/** Starting an execution by the API. */
import type { Context } from 'hono';
import { z } from 'zod';
import { compiled } from '../db/compiled-flows.ts';
import * as flows from '../db/flows.ts';
import { DEPTH_HEADER } from '../egress.ts';
import { configOf } from '../env.ts';
import { AppError } from '../errors.ts';
import type { Check, Flow, Label } from '../flow/flow.ts';
import type { ResolvedInputs } from '../flow/inputs/resolve.ts';
import type { ExecutionId } from '../ids.ts';
import { EGRESS_DEPTH_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { failedChecks, readInputs } from '../objects/flow-inputs.ts';
import { HIDDEN } from '../objects/live-execution.ts';
import { DEPTH_LABEL } from '../objects/outside.ts';
import { CORRELATION_LABEL, startExecution } from '../objects/start-execution.ts';
import type { Start } from '../objects/start-execution.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import { ExecutionFiles } from '../storage.ts';
import { EXECUTION_ID_BYTES } from '../tenant.ts';
import { readGivenInputs, refuseWrongInputs, wantedFiles } from './execution-inputs.ts';
import type { GivenInputs } from './execution-inputs.ts';
import { unwrap } from './execution-id.ts';
import { readLabel } from './execution-labels.ts';
import { routeServices } from './route-services.ts';

const StartQuery = z.object({
  wait: z.enum(['true', 'false', '']).default('false'),
  revision: z.coerce.number().int().min(1).optional(),
  scheduleDate: z.iso.datetime({ offset: true }).optional(),
  kind: z.enum(['NORMAL', 'TEST', 'PLAYGROUND']).default('NORMAL'),
  id: z.string().min(1).max(200).optional(),
});

/** JSON text of the execution, with the address at which a person looks at it. */
export async function startByRequest(c: Context<AppEnv>): Promise<string> {
  const { tenant, now } = c.var;
  const query = readStartQuery(c);
  const labels = readLabels(c);
  const flow = await startableFlow(c, query.revision);
  const id = await idOf(c, query.id);
  const files = new ExecutionFiles(tenant.files, { namespace: flow.namespace, flowId: flow.id, executionId: id });
  const given = await readGivenInputs(c, files);
  const { resolved, failed } = await judge(c, flow, id, given);
  refuseWrongInputs(resolved.errors);
  const worst = WORST_FIRST.map((behavior) => failed.find((check) => check.behavior === behavior)).find(
    (check) => check,
  );
  if (worst?.behavior === 'BLOCK_EXECUTION')
    throw new AppError('invalid_input', failed.map(({ message }) => message).join('; '));
  const wanted = wantedFiles(given, flow.inputs);
  // A repeated start changes nothing, so not the files of the first one either.
  const isRepeated = wanted.length > 0 && (await tenant.execution(id).place(id)) !== undefined;
  if (!isRepeated) for (const { inputId, file } of wanted) await files.putOfInput(inputId, file.name, file.stream());
  const start: Start = {
    id,
    at: now,
    flow,
    inputs: resolved.values,
    labels: [...labels, ...depthLabel(c)],
    ...(query.scheduleDate !== undefined && { scheduleAt: Date.parse(query.scheduleDate) }),
    ...(query.kind !== 'NORMAL' && { kind: query.kind }),
    ...(worst?.behavior === 'FAIL_EXECUTION' && { failed: worst.message }),
  };
  const isNew = keyOf(c, query.id) === undefined;
  const options = { isNew, wait: query.wait === 'true', url: pageOf(c, flow, id) };
  const answer = unwrap(await startExecution(tenant, start, options));
  if (!isNew) refuseOtherFlow(answer, flow);
  return answer;
}

/** What a start with these inputs would have, and what is wrong with them; nothing is stored. */
export async function validateByRequest(c: Context<AppEnv>): Promise<object> {
  const { tenant } = c.var;
  const flow = await startableFlow(c, undefined);
  const id = tenant.newExecutionId(c.var.random(EXECUTION_ID_BYTES));
  const files = new ExecutionFiles(tenant.files, { namespace: flow.namespace, flowId: flow.id, executionId: id });
  const { resolved, failed } = await judge(c, flow, id, await readGivenInputs(c, files));
  return {
    id: flow.id,
    namespace: flow.namespace,
    inputs: resolved.inputs.map(({ input: { properties, ...input }, value, enabled, isDefault, error }) => ({
      input: { ...input, ...properties },
      ...(value !== undefined && value !== null && { value: input.type === 'SECRET' ? HIDDEN : value }),
      enabled,
      isDefault,
      ...(error !== undefined && { errors: [{ message: error }] }),
    })),
    checks: failed.map(({ message, style, behavior }) => ({ message, style, behavior })),
  };
}

const WORST_FIRST = ['BLOCK_EXECUTION', 'FAIL_EXECUTION', 'CREATE_EXECUTION'] as const;

async function judge(
  c: Context<AppEnv>,
  flow: Flow,
  id: ExecutionId,
  given: GivenInputs,
): Promise<{ resolved: ResolvedInputs; failed: Check[] }> {
  const { tenant } = c.var;
  const world = { tenant: tenant.id, services: routeServices(c, flow, id) };
  const resolved = await readInputs(flow, given.values, world);
  const isWrong = Object.keys(resolved.errors).length > 0;
  return { resolved, failed: isWrong ? [] : await failedChecks(flow, resolved.values, world) };
}

/** Throws 404 when there is no such flow, 409 when it cannot be started. */
function startableFlow(c: Context<AppEnv>, revision: number | undefined): Promise<Flow> {
  const ref = { namespace: c.req.param('namespace') ?? '', id: c.req.param('flowId') ?? '' };
  const { tenant, currentFlows, now } = c.var;
  const read = () => readStartable(c, ref, revision);
  return revision === undefined ? currentFlows.get(`${tenant.key}/${ref.namespace}/${ref.id}`, now, read) : read();
}

async function readStartable(
  c: Context<AppEnv>,
  ref: { namespace: string; id: string },
  revision: number | undefined,
): Promise<Flow> {
  const name = `${ref.namespace}.${ref.id}`;
  const stored = await flows.find(c.var.tenant, ref, revision);
  if (stored === undefined || stored.deleted) {
    throw new AppError(
      'not_found',
      `Flow ${name}${revision === undefined ? '' : ` with revision ${revision}`} not found`,
    );
  }
  if (stored.disabled)
    throw new AppError('illegal_state', `Cannot execute the flow ${name}: it is disabled. Enable it first.`);
  const flow = compiled(c.var.tenant, stored);
  if (flow === undefined)
    throw new AppError('illegal_state', `Cannot execute the flow ${name}: it is invalid. Validate its source.`);
  return flow;
}

function readStartQuery(c: Context<AppEnv>): z.infer<typeof StartQuery> {
  const query = StartQuery.safeParse(c.req.query());
  if (query.success) return query.data;
  throw new AppError('invalid_parameter', z.prettifyError(query.error));
}

/** A client's own id or key names one start for all time; without one the id is random. */
async function idOf(c: Context<AppEnv>, clientId: string | undefined): Promise<ExecutionId> {
  const { tenant, random } = c.var;
  const key = keyOf(c, clientId);
  return key === undefined ? tenant.newExecutionId(random(EXECUTION_ID_BYTES)) : tenant.executionIdFor(`start/${key}`);
}

/** What names the start, if the client names it. */
function keyOf(c: Context<AppEnv>, clientId: string | undefined): string | undefined {
  return clientId ?? (c.req.header('idempotency-key') || undefined);
}

function refuseOtherFlow(answer: string, flow: Flow): void {
  const execution = parseJson(answer);
  if (!isJsonObject(execution) || (execution.namespace === flow.namespace && execution.flowId === flow.id)) return;
  throw new AppError(
    'conflict',
    `This id or Idempotency-Key has already started ${String(execution.namespace)}.${String(execution.flowId)}.`,
  );
}

function readLabels(c: Context<AppEnv>): Label[] {
  return (c.req.queries('labels') ?? []).map((text) => {
    const at = text.indexOf(':');
    return readLabel({ key: text.slice(0, Math.max(0, at)), value: text.slice(at + 1) }, [CORRELATION_LABEL]);
  });
}

/** A start that another execution has asked for over HTTP is one deeper. */
export function depthLabel(c: Context<AppEnv>): Label[] {
  const depth = Number(c.req.header(DEPTH_HEADER) ?? 0);
  if (!Number.isInteger(depth) || depth <= 0) return [];
  if (depth > EGRESS_DEPTH_MAX)
    throw new AppError(
      'limit_reached',
      `${EGRESS_DEPTH_MAX} executions have called each other: the chain is cut here.`,
    );
  return [{ key: DEPTH_LABEL, value: String(depth) }];
}

export function pageOf(c: Context<AppEnv>, flow: { namespace: string; id: string }, id: ExecutionId): string {
  const origin = configOf(c.env).url ?? new URL(c.req.url).origin;
  return `${origin}/ui/${c.var.tenant.id}/executions/${flow.namespace}/${flow.id}/${id}`;
}
