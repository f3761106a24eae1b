/** Executions: start, look, follow, delete. Mounted under /api/v1/{tenant}/executions. */
import { z } from 'zod';
import * as executions from '../db/executions.ts';
import { AppError } from '../errors.ts';
import { isExecutionId, shardOf } from '../ids.ts';
import { BULK_ITEMS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { parseJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import type { Context } from 'hono';
import { executionActionRoutes } from './execution-actions.ts';
import { executionBulkRoutes, removeOptions } from './execution-bulk.ts';
import { executionFileRoutes } from './execution-files.ts';
import { eventStream, found, jsonText, objectOf, unwrap } from './execution-id.ts';
import { viewRow } from './execution-row.ts';
import { startByRequest, validateByRequest } from './execution-start.ts';
import { readJson } from './json-body.ts';
import { lossless } from './respond.ts';
import { readFilter } from './search-query.ts';

export const executionRoutes = routes();

// Literal paths first: `/{namespace}/{flowId}` would take them too.
executionRoutes.route('/', executionBulkRoutes);

for (const path of ['/search', '/']) executionRoutes.get(path, can('EXECUTION', 'LIST'), search);

executionRoutes.post('/latest', can('EXECUTION', 'LIST'), async (c) => {
  const refs = await readJson(c, z.array(z.object({ namespace: z.string(), id: z.string() })).max(BULK_ITEMS_MAX));
  const rows = await executions.latest(c.var.tenant, refs);
  return c.json(
    rows.map(({ id, flowId, namespace, startAt, state }) => ({
      id,
      flowId,
      namespace,
      startDate: new Date(startAt).toISOString(),
      status: state,
    })),
  );
});

executionRoutes.get('/:id', can('EXECUTION', 'VIEW'), async (c) => {
  const { id, object } = objectOf(c);
  return jsonText(found(c, await object.view(id)));
});

executionRoutes.delete('/:id', can('EXECUTION', 'DELETE'), async (c) => {
  const { id, object } = objectOf(c);
  unwrap(await object.remove(id, removeOptions(c)));
  return c.body(null, 204);
});

executionRoutes.get('/:id/follow', can('EXECUTION', 'FOLLOW'), async (c) => {
  const { id, object } = objectOf(c);
  return eventStream(found(c, await object.follow(id)));
});

executionRoutes.route('/', executionFileRoutes);
executionRoutes.route('/', executionActionRoutes);

executionRoutes.post('/:namespace/:flowId/validate', can('EXECUTION', 'CREATE'), async (c) =>
  lossless([await validateByRequest(c)]),
);

for (const path of ['/trigger/:namespace/:flowId', '/:namespace/:flowId']) {
  executionRoutes.post(path, can('EXECUTION', 'CREATE'), async (c) => jsonText(await startByRequest(c)));
}

async function search(c: Context<AppEnv>) {
  const page = PageQuery.safeParse({ ...c.req.query(), sort: c.req.queries('sort') });
  if (!page.success) throw new AppError('invalid_parameter', z.prettifyError(page.error));
  const { tenant, now } = c.var;
  const { executions: rows, counted } = await executions.search(
    tenant,
    readFilter(c, executions.executionFields),
    toPage(page.data),
  );
  const results: Json[] = rows.map((row) => viewRow(tenant.id, row, now));
  if (!(c.req.queries('expand') ?? []).join().split(',').includes('taskRunList'))
    return lossless(paged(results, counted));
  return lossless(
    paged(
      await expanded(
        c,
        results,
        rows.map(({ id }) => id),
      ),
      counted,
    ),
  );
}

/** The executions themselves, where they still are; what the index knows for the others. */
async function expanded(c: Context<AppEnv>, results: Json[], ids: string[]): Promise<Json[]> {
  const shards = Map.groupBy(ids.filter(isExecutionId), shardOf);
  const texts = await Promise.all([...shards].map(([shard, own]) => c.var.tenant.executionShard(shard).views(own)));
  const byId = new Map(
    texts.flat().map((text): [Json | undefined, Json] => {
      const view = parseJson(text);
      return [(view as { id?: Json }).id, view];
    }),
  );
  return results.map((row, n) => byId.get(ids[n]) ?? row);
}
