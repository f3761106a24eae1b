/** The graph of an execution: of the revision it runs, with its task runs. Mounted under {tenant}/executions. */
import { createRoute, z } from '@hono/zod-openapi';
import { flowAt } from '../db/compiled-flows.ts';
import { AppError } from '../errors.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { FlowGraphView } from '../protocol/graph-view.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { found, objectOf } from './execution-id.ts';
import { graphWith, SubflowsQuery, uidsOf } from './flow-graphs.ts';
import { json, lossless } from './respond.ts';

const graph = createRoute({
  method: 'get',
  path: '/{id}/graph',
  middleware: [can('EXECUTION', 'VIEW')] as const,
  request: { params: z.object({ id: z.string() }), query: SubflowsQuery },
  responses: { 200: json('The graph', FlowGraphView) },
});

export const executionGraphRoutes = routes().openapi(graph, async (c) => {
  const { tenant } = c.var;
  const { id, object } = objectOf(c);
  const place = found(c, await object.place(id));
  const flow = await flowAt(tenant, place);
  if (flow === undefined)
    throw new AppError('invalid_flow', `Revision ${place.flowRevision} of ${place.flowId} cannot be read any more.`);
  const runs = newestRuns(found(c, await object.view(id)));
  const uids = uidsOf(c.req.valid('query').subflows);
  return lossless(await graphWith(tenant, flow, uids, { taskRunOf: (taskId) => runs.get(taskId) }));
});

/** A task inside a loop has many runs; the graph has one node for it. */
function newestRuns(view: string): Map<string, JsonObject> {
  const execution = parseJson(view);
  const runs = isJsonObject(execution) && Array.isArray(execution.taskRunList) ? execution.taskRunList : [];
  return new Map(runs.filter(isJsonObject).map((run) => [String(run.taskId), run]));
}
