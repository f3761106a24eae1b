/** What a person does to one execution: `/{id}/<verb>`, and for newer clients `/{id}/actions/<verb>`, which always answers with
 *  the execution. */
import type { Context } from 'hono';
import { z } from 'zod';
import { compiled } from '../db/compiled-flows.ts';
import * as flows from '../db/flows.ts';
import { AppError } from '../errors.ts';
import { readInputs as readDefinitions } from '../flow/flow-reader.ts';
import type { Flow, Input } from '../flow/flow.ts';
import { placeOf } from '../engine/flow-index.ts';
import { isExecutionId } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import type { Action } from '../objects/actions.ts';
import type { Replay } from '../objects/execution-object.ts';
import { readInputs } from '../objects/flow-inputs.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { TERMINAL_STATES } from '../protocol/states.ts';
import { ExecutionFiles } from '../storage.ts';
import { EXECUTION_ID_BYTES } from '../tenant.ts';
import { executionIdOf, executionNotFound, found, jsonText, objectOf, unwrap } from './execution-id.ts';
import { readGivenInputs, refuseWrongInputs, wantedFiles } from './execution-inputs.ts';
import { LabelList, readLabel } from './execution-labels.ts';
import { readJson } from './json-body.ts';
import { routeServices } from './route-services.ts';

export const executionActionRoutes = routes();

/** An id of ours and no namespace: a flow may be called `pause`. */
const ID = '/:id{[A-Z][0-9A-Za-z]{21}}';

/** Both spellings of a verb; the old one may answer without a body. */
function verb(
  name: string,
  permission: ReturnType<typeof can>,
  handler: (c: Context<AppEnv>) => Promise<string>,
  older: { method?: 'post' | 'delete'; status?: 200 | 202 | 204 } = {},
): void {
  const { method = 'post', status = 200 } = older;
  executionActionRoutes.on([method.toUpperCase()], `${ID}/${name}`, permission, async (c) => {
    const execution = await handler(c);
    return status === 200 ? jsonText(execution) : c.body(null, status);
  });
  executionActionRoutes.on(['POST', method.toUpperCase()], `${ID}/actions/${name}`, permission, async (c) =>
    jsonText(await handler(c)),
  );
}

verb('kill', can('EXECUTION', 'KILL'), (c) => act(c, { type: 'kill', by: c.var.principal.userId }), {
  method: 'delete',
  status: 202,
});
verb('pause', can('EXECUTION', 'PAUSE'), (c) => act(c, { type: 'pause' }), { status: 204 });
verb('resume', can('EXECUTION', 'RESUME'), async (c) => act(c, await resumeAction(c)), { status: 204 });
verb('restart', can('EXECUTION', 'RESTART'), restart);
verb('replay', can('EXECUTION', 'REPLAY'), (c) => replay(c, false));
verb('replay-with-inputs', can('EXECUTION', 'REPLAY'), (c) => replay(c, true));
verb('change-status', can('EXECUTION', 'UPDATE'), (c) =>
  act(c, { type: 'change-status', state: endState(c.req.query('status')) }),
);
verb('state', can('EXECUTION', 'UPDATE'), changeTaskRun);
verb('labels', can('EXECUTION', 'CHANGE_LABELS'), async (c) => {
  executionIdOf(c);
  return act(c, { type: 'set-labels', labels: (await readJson(c, LabelList)).map((label) => readLabel(label)) });
});
verb('unqueue', can('EXECUTION', 'UNQUEUE'), (c) =>
  act(c, { type: 'unqueue', state: unqueuedState(c.req.query('state')) }),
);
verb('force-run', can('EXECUTION', 'FORCE_RUN'), (c) => act(c, { type: 'force-run' }));

for (const path of [`${ID}/resume/validate`, `${ID}/actions/resume/validate`]) {
  executionActionRoutes.post(path, can('EXECUTION', 'RESUME'), async (c) => {
    await resumeAction(c);
    return c.body(null, 204);
  });
}

for (const path of ['eval', 'actions/eval', 'eval/:taskRunId', 'actions/eval/:taskRunId'].map(
  (rest) => `${ID}/${rest}`,
)) {
  executionActionRoutes.post(path, can('EXECUTION', 'VIEW'), async (c) => {
    const { id, object } = objectOf(c);
    const answer = await object.evaluate(id, await c.req.text(), c.req.param('taskRunId'));
    if (answer.ok) return c.json({ result: answer.value });
    if (answer.error.code !== 'invalid_body') unwrap(answer);
    return c.json({ error: answer.error.message, stackTrace: answer.error.message });
  });
}

async function act(c: Context<AppEnv>, action: Action): Promise<string> {
  const { id, object } = objectOf(c);
  return unwrap(await object.act(id, stringifyJson(action)));
}

async function restart(c: Context<AppEnv>): Promise<string> {
  const flowRevision = revisionOf(c);
  if (flowRevision === undefined) return act(c, { type: 'restart' });
  const { id, object } = objectOf(c);
  const taken = unwrap(await object.replay(id, { flowRevision, restarts: true }));
  return startAgain(c, taken, 'system.restarted');
}

async function replay(c: Context<AppEnv>, withInputs: boolean): Promise<string> {
  const { id, object } = objectOf(c);
  const flowRevision = revisionOf(c);
  const taskRunId = c.req.query('taskRunId') || undefined;
  const answer = await object.replay(id, { ...(taskRunId && { taskRunId }), ...(flowRevision && { flowRevision }) });
  if (
    !answer.ok &&
    taskRunId !== undefined &&
    answer.error.code === 'not_found' &&
    (await object.place(id)) !== undefined
  ) {
    throw new AppError(
      'invalid_parameter',
      `No task found to replay from: the execution has no task run ${taskRunId}.`,
    );
  }
  return startAgain(c, unwrap(answer), 'system.replay', withInputs);
}

/** A new execution that takes over what another one had. */
async function startAgain(c: Context<AppEnv>, text: string, label: string, withInputs = false): Promise<string> {
  const { tenant, now, random } = c.var;
  const taken = parseJson(text) as unknown as Replay;
  const flow = await replayableFlow(c, taken);
  const id = tenant.newExecutionId(random(EXECUTION_ID_BYTES));
  const inputs = withInputs ? await newInputs(c, flow, id) : taken.inputs;
  const labels = [...taken.labels.filter(({ key }) => key !== label), { key: label, value: 'true' }];
  const event = stringifyJson({ type: 'execution.created', at: now, id, ...taken, inputs, labels });
  return unwrap(await tenant.execution(id).create({ tenant: tenant.record, event }));
}

async function replayableFlow(c: Context<AppEnv>, { namespace, flowId, flowRevision }: Replay): Promise<Flow> {
  const stored = await flows.find(c.var.tenant, { namespace, id: flowId }, flowRevision);
  if (stored === undefined)
    throw new AppError('not_found', `Flow ${namespace}.${flowId} with revision ${flowRevision} not found`);
  if (stored.disabled)
    throw new AppError('illegal_state', `Cannot replay: the flow ${namespace}.${flowId} is disabled. Enable it first.`);
  const flow = compiled(c.var.tenant, stored);
  if (flow === undefined)
    throw new AppError(
      'illegal_state',
      `Cannot replay: revision ${flowRevision} of ${namespace}.${flowId} is invalid.`,
    );
  return flow;
}

async function newInputs(
  c: Context<AppEnv>,
  flow: Flow,
  id: ExecutionId,
  definitions: readonly Input[] = flow.inputs,
): Promise<JsonObject> {
  const { tenant } = c.var;
  const files = new ExecutionFiles(tenant.files, { namespace: flow.namespace, flowId: flow.id, executionId: id });
  const given = await readGivenInputs(c, files);
  const world = { tenant: tenant.id, services: routeServices(c, flow, id) };
  const { values, errors } = await readInputs(flow, given.values, world, definitions);
  refuseWrongInputs(errors);
  for (const { inputId, file } of wantedFiles(given, definitions))
    await files.putOfInput(inputId, file.name, file.stream());
  return values;
}

/** With the inputs that the pause asks for; 422 when they are not good. */
async function resumeAction(c: Context<AppEnv>): Promise<Action> {
  const { id, object } = objectOf(c);
  const place = found(c, await object.place(id));
  const stored = await flows.find(c.var.tenant, { namespace: place.namespace, id: place.flowId }, place.flowRevision);
  const flow = stored && compiled(c.var.tenant, stored);
  const task = flow && place.pausedTaskId !== undefined ? placeOf(flow, place.pausedTaskId)?.task : undefined;
  const asked = task?.properties.onResume;
  const by = c.var.principal.userId;
  if (flow === undefined || asked === undefined) return { type: 'resume', by };
  return { type: 'resume', inputs: await newInputs(c, flow, id, readDefinitions(asked).inputs), by };
}

async function changeTaskRun(c: Context<AppEnv>): Promise<string> {
  const id = c.req.param('id') ?? '';
  if (!isExecutionId(id)) throw executionNotFound(id);
  const { taskRunId, state } = await readJson(c, z.object({ taskRunId: z.string(), state: z.enum(TERMINAL_STATES) }));
  return act(c, { type: 'change-task-run', taskRunId, state });
}

function revisionOf(c: Context<AppEnv>): number | undefined {
  const text = c.req.query('revision');
  if (text === undefined || text === '') return undefined;
  const revision = Number(text);
  if (!Number.isInteger(revision) || revision < 1)
    throw new AppError('invalid_parameter', `revision is a whole number from 1, not ${text}`);
  return revision;
}

export function endState(text: string | undefined): (typeof TERMINAL_STATES)[number] {
  const state = TERMINAL_STATES.find((one) => one === text);
  if (state === undefined)
    throw new AppError(
      'invalid_parameter',
      `The new status is one of ${TERMINAL_STATES.join(', ')}, not ${text ?? 'missing'}.`,
    );
  return state;
}

function unqueuedState(text = 'RUNNING'): 'RUNNING' | 'CANCELLED' | 'FAILED' {
  if (text === 'RUNNING' || text === 'CANCELLED' || text === 'FAILED') return text;
  throw new AppError('invalid_parameter', `state is RUNNING, CANCELLED or FAILED, not ${text}`);
}
