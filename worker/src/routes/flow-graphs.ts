/** Flows as graphs. Mounted under {tenant}/flows, before the flows themselves: a namespace cannot be called `graph`. */
import { createRoute, z } from '@hono/zod-openapi';
import { compiled } from '../db/compiled-flows.ts';
import * as flows from '../db/flows.ts';
import type { FlowRef } from '../db/flows.ts';
import { AppError } from '../errors.ts';
import { compileFlow } from '../flow/compile.ts';
import type { Flow } from '../flow/flow.ts';
import { flowGraph } from '../flow/graph.ts';
import type { FlowGraph, GraphOptions } from '../flow/graph.ts';
import { flowNameIn } from '../flow/links.ts';
import { flowView } from '../flow/view.ts';
import { SUBFLOWS_EXPANDED_MAX } from '../limits.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { FlowGraphView, FlowTopologyGraph } from '../protocol/graph-view.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Tenant } from '../tenant.ts';
import { dependenciesOf } from './flow-dependencies.ts';
import { flowNotFound } from './flow-deploy.ts';
import { readSource, validFlow } from './flow-source.ts';
import { json, lossless } from './respond.ts';
import { readSwitch } from './search-query.ts';

const Ref = z.object({ namespace: z.string(), id: z.string() });
/** Uids of nodes, joined by commas or repeated. */
export const SubflowsQuery = z.object({ subflows: z.union([z.string(), z.array(z.string())]).optional() });
const GRAPH = { 200: json('The graph', FlowGraphView) };

const graphOfSource = createRoute({
  method: 'post',
  path: '/graph',
  middleware: [can('FLOW', 'VALIDATE')] as const,
  request: { query: SubflowsQuery, body: { content: { 'application/x-yaml': { schema: z.string() } } } },
  responses: GRAPH,
});

const graph = createRoute({
  method: 'get',
  path: '/{namespace}/{id}/graph',
  middleware: [can('FLOW', 'VIEW')] as const,
  request: { params: Ref, query: SubflowsQuery.extend({ revision: z.coerce.number().int().min(1).optional() }) },
  responses: GRAPH,
});

const dependencies = createRoute({
  method: 'get',
  path: '/{namespace}/{id}/dependencies',
  middleware: [can('FLOW', 'VIEW')] as const,
  request: {
    params: Ref,
    query: z.object({ destinationOnly: z.string().optional(), expandAll: z.string().optional() }),
  },
  responses: { 200: json('Flows and who calls or listens to whom', FlowTopologyGraph) },
});

const task = createRoute({
  method: 'get',
  path: '/{namespace}/{id}/tasks/{taskId}',
  middleware: [can('FLOW', 'VIEW')] as const,
  request: {
    params: Ref.extend({ taskId: z.string() }),
    query: z.object({ revision: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: json('The task as its source says', z.looseObject({ id: z.string(), type: z.string() })) },
});

export const flowGraphRoutes = routes()
  .openapi(graphOfSource, async (c) => {
    const source = await readSource(c);
    const flow = validFlow(source, compileFlow(source));
    return lossless(await graphWith(c.var.tenant, flow, uidsOf(c.req.valid('query').subflows)));
  })
  .openapi(graph, async (c) => {
    const { subflows, revision } = c.req.valid('query');
    const flow = await readableFlow(c.var.tenant, c.req.valid('param'), revision);
    return lossless(await graphWith(c.var.tenant, flow, uidsOf(subflows)));
  })
  .openapi(dependencies, async (c) => {
    const ref = c.req.valid('param');
    const stored = await flows.find(c.var.tenant, ref);
    if (stored === undefined || stored.deleted) throw flowNotFound(ref);
    const options = {
      downstreamOnly: readSwitch(c, 'destinationOnly', false),
      expandAll: readSwitch(c, 'expandAll', false),
    };
    return c.json(await dependenciesOf(c.var.tenant, [ref], options), 200);
  })
  .openapi(task, async (c) => {
    const { taskId, ...ref } = c.req.valid('param');
    const { source } = await storedFlow(c.var.tenant, ref, c.req.valid('query').revision);
    const view = flowView({ ...ref, revision: 0, disabled: false, draft: false }, source);
    const found = ['tasks', 'errors', 'finally', 'afterExecution'].flatMap((list) => tasksWithin(view[list] ?? null));
    const wanted = found.find(({ id }) => id === taskId);
    if (wanted === undefined) throw new AppError('not_found', `Flow ${ref.namespace}.${ref.id} has no task ${taskId}.`);
    return lossless({ ...wanted, id: taskId, type: String(wanted.type) });
  });

/** The graph with the called flows drawn whose tasks' uids are asked for: each may be inside the one before. */
export async function graphWith(
  tenant: Tenant,
  flow: Flow,
  uids: readonly string[],
  options: GraphOptions = {},
): Promise<FlowGraph> {
  const subflows = new Map<string, Flow>();
  for (const uid of uids.toSorted((a, b) => a.length - b.length)) {
    const called = calledAt(flow, subflows, uid);
    const stored = called && (await flows.find(tenant, called));
    const subflow = stored && !stored.deleted ? compiled(tenant, stored) : undefined;
    if (subflow !== undefined) subflows.set(uid, subflow);
  }
  return flowGraph(flow, { ...options, subflows });
}

export function uidsOf(subflows: string | string[] = []): string[] {
  const uids = [subflows].flat().flatMap((text) => text.split(',').filter(Boolean));
  if (uids.length > SUBFLOWS_EXPANDED_MAX)
    throw new AppError('invalid_parameter', `subflows names more than ${SUBFLOWS_EXPANDED_MAX} nodes.`);
  return uids;
}

function calledAt(flow: Flow, subflows: ReadonlyMap<string, Flow>, uid: string): FlowRef | undefined {
  const node = flowGraph(flow, { subflows }).nodes.find((one) => one.uid === uid);
  return node?.type.endsWith('SubflowGraphTask') ? flowNameIn(node.task ?? {}) : undefined;
}

/** Tasks of a source, in any list of any task: what has an id and a type. */
function tasksWithin(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(tasksWithin);
  if (!isJsonObject(value)) return [];
  const own = typeof value.id === 'string' && typeof value.type === 'string' ? [value] : [];
  return [...own, ...Object.values(value).flatMap(tasksWithin)];
}

async function storedFlow(tenant: Tenant, ref: FlowRef, revision?: number): Promise<flows.StoredFlow> {
  const stored = await flows.find(tenant, ref, revision);
  if (stored === undefined || stored.deleted) throw flowNotFound(ref);
  return stored;
}

async function readableFlow(tenant: Tenant, ref: FlowRef, revision?: number): Promise<Flow> {
  const stored = await storedFlow(tenant, ref, revision);
  const flow = compiled(tenant, stored);
  if (flow === undefined)
    throw new AppError('invalid_flow', `Flow ${ref.namespace}.${ref.id} cannot be read any more; it has no graph.`);
  return flow;
}
