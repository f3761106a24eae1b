/** The same action on many executions: all of them, or, when one of them cannot be acted on, none. */
import type { Context } from 'hono';
import { z } from 'zod';
import * as executions from '../db/executions.ts';
import { AppError } from '../errors.ts';
import { isExecutionId, shardOf } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import { BULK_ITEMS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import type { Action } from '../objects/actions.ts';
import type { RemoveOptions } from '../objects/execution-object.ts';
import { stringifyJson } from '../protocol/json.ts';
import { endState } from './execution-actions.ts';
import { LabelList, readLabel } from './execution-labels.ts';
import { readFilter } from './search-query.ts';

export const executionBulkRoutes = routes();

type ReadAction = (c: Context<AppEnv>, body: unknown) => Action;

const Ids = z.array(z.string()).max(BULK_ITEMS_MAX, `names more than ${BULK_ITEMS_MAX} executions`);
const LabelsById = z.object({ executionsId: Ids, executionLabels: LabelList });

function bulk(
  name: string,
  permission: ReturnType<typeof can>,
  readAction: ReadAction,
  method: 'POST' | 'DELETE' = 'POST',
): void {
  executionBulkRoutes.on([method], `/${name}/by-ids`, permission, async (c) => {
    const body = await readJson(c);
    const ids = idsOf(body);
    return c.json({ count: await actOnAll(c, ids, readAction(c, body)) });
  });
  executionBulkRoutes.on([method], `/${name}/by-query`, permission, async (c) => {
    const action = readAction(c, await readJson(c));
    return c.json({ count: await actOnAll(c, await everyMatch(c), action) });
  });
}

bulk('kill', can('EXECUTION', 'KILL'), (c) => ({ type: 'kill', by: c.var.principal.userId }), 'DELETE');
bulk('pause', can('EXECUTION', 'PAUSE'), () => ({ type: 'pause' }));
bulk('resume', can('EXECUTION', 'RESUME'), (c) => ({ type: 'resume', by: c.var.principal.userId }));
bulk('restart', can('EXECUTION', 'RESTART'), () => ({ type: 'restart' }));
bulk('force-run', can('EXECUTION', 'FORCE_RUN'), () => ({ type: 'force-run' }));
bulk('unqueue', can('EXECUTION', 'UNQUEUE'), () => ({ type: 'unqueue', state: 'RUNNING' }));
bulk('change-status', can('EXECUTION', 'UPDATE'), (c) => ({
  type: 'change-status',
  state: endState(c.req.query('newStatus') ?? c.req.query('status')),
}));
bulk('labels', can('EXECUTION', 'CHANGE_LABELS'), (_c, body) => {
  const labels = Array.isArray(body) ? LabelList.parse(body) : LabelsById.parse(body).executionLabels;
  return { type: 'set-labels', labels: labels.map((label) => readLabel(label)) };
});

executionBulkRoutes.delete('/by-ids', can('EXECUTION', 'DELETE'), async (c) => {
  return c.json({ count: await removeAll(c, idsOf(await readJson(c))) });
});
executionBulkRoutes.delete('/by-query', can('EXECUTION', 'DELETE'), async (c) =>
  c.json({ count: await removeAll(c, await everyMatch(c)) }),
);

async function actOnAll(c: Context<AppEnv>, ids: ExecutionId[], action: Action): Promise<number> {
  const text = stringifyJson(action);
  const shards = Map.groupBy(ids, shardOf);
  const refused = await Promise.all(
    [...shards].map(([shard, own]) => c.var.tenant.executionShard(shard).refusals(own, text)),
  );
  const invalids = refused.flat().map(({ id, message }) => ({ message, path: id }));
  if (invalids.length > 0) {
    throw new AppError(
      'bulk_validation_failed',
      `${invalids.length} of ${ids.length} executions cannot be acted on; nothing was done.`,
      { invalids },
    );
  }
  const answers = await Promise.all(ids.map((id) => c.var.tenant.execution(id).act(id, text)));
  return answers.filter(({ ok }) => ok).length;
}

async function removeAll(c: Context<AppEnv>, ids: ExecutionId[]): Promise<number> {
  const options = removeOptions(c);
  const answers = await Promise.all(ids.map((id) => c.var.tenant.execution(id).remove(id, options)));
  return answers.filter(({ ok }) => ok).length;
}

export function removeOptions(c: Context<AppEnv>): RemoveOptions {
  const { includeNonTerminated, deleteStorage } = c.req.query();
  return { evenWhileRunning: includeNonTerminated === 'true', files: deleteStorage !== 'false' };
}

function idsOf(body: unknown): ExecutionId[] {
  const ids = Array.isArray(body) ? Ids.parse(body) : LabelsById.parse(body).executionsId;
  const strange = ids.filter((id) => !isExecutionId(id));
  if (strange.length > 0) {
    const invalids = strange.map((id) => ({ message: `Execution ${id} not found`, path: id }));
    throw new AppError(
      'bulk_validation_failed',
      `${strange.length} of ${ids.length} executions do not exist; nothing was done.`,
      { invalids },
    );
  }
  return ids.filter(isExecutionId);
}

async function everyMatch(c: Context<AppEnv>): Promise<ExecutionId[]> {
  const filter = readFilter(c, executions.executionFields);
  const found = await executions.search(c.var.tenant, filter, { offset: 0, size: BULK_ITEMS_MAX + 1, sort: [] });
  if (found.executions.length > BULK_ITEMS_MAX) {
    throw new AppError(
      'limit_reached',
      `The query matches more than ${BULK_ITEMS_MAX} executions; narrow it and repeat.`,
    );
  }
  return found.executions.map(({ id }) => id).filter(isExecutionId);
}

/** The body, null when there is none. */
async function readJson(c: Context<AppEnv>): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is not JSON.', { cause });
  }
}
