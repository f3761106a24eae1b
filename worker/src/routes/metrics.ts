/** Metrics of executions. Mounted under /api/v1/{tenant}/metrics. */
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import { found, objectOf } from './execution-id.ts';
import { lossless } from './respond.ts';

export const metricRoutes = routes();

metricRoutes.get('/:id', can('EXECUTION', 'VIEW'), async (c) => {
  const { id, object } = objectOf(c);
  const { offset, size } = toPage(PageQuery.parse(c.req.query()));
  const { taskId, taskRunId } = c.req.query();
  const all = parseJson(found(c, await object.metrics(id)));
  const entries = (Array.isArray(all) ? all : []).filter(
    (entry) =>
      isJsonObject(entry) &&
      (taskId === undefined || entry.taskId === taskId) &&
      (taskRunId === undefined || entry.taskRunId === taskRunId),
  );
  return lossless(paged(entries.slice(offset, offset + size), entries.length));
});
