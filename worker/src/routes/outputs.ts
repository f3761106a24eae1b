/** Outputs of task runs, apart from their executions. Mounted under /api/v1/{tenant}/outputs. */
import { AppError } from '../errors.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { AppEnv } from '../middleware/context.ts';
import type { Context } from 'hono';
import { found, objectOf } from './execution-id.ts';
import { lossless } from './respond.ts';

export const outputRoutes = routes();

outputRoutes.get('/:id', can('EXECUTION', 'ACCESS_OUTPUTS'), async (c) => {
  const runs = (await taskRunsOf(c)).filter(({ outputs }) => outputs !== undefined);
  return lossless(
    runs.map(({ taskId = null, id = null, value, iteration }) => ({
      taskId,
      taskRunId: id,
      ...(value !== undefined && { value }),
      ...(iteration !== undefined && { iteration }),
      inline: true,
    })),
  );
});

outputRoutes.get('/:id/:taskRunId', can('EXECUTION', 'ACCESS_OUTPUTS'), async (c) => {
  const taskRunId = c.req.param('taskRunId');
  const run = (await taskRunsOf(c)).find(({ id }) => id === taskRunId);
  if (run === undefined) throw new AppError('not_found', `The execution has no task run ${taskRunId}.`);
  return lossless(run.outputs ?? {});
});

async function taskRunsOf(c: Context<AppEnv>): Promise<JsonObject[]> {
  const { id, object } = objectOf(c);
  const view = parseJson(found(c, await object.view(id)));
  const runs = isJsonObject(view) && Array.isArray(view.taskRunList) ? view.taskRunList : [];
  return runs.filter(isJsonObject);
}
