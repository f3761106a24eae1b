/** The key-value store of a namespace. Mounted under /api/v1/{tenant}/namespaces/{namespace}/kv. */
import type { Context } from 'hono';
import { z } from 'zod';
import * as keyValues from '../db/key-values.ts';
import type { KvRow } from '../db/key-values.ts';
import { AppError } from '../errors.ts';
import { BULK_ITEMS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { parseDuration } from '../protocol/duration.ts';
import type { JsonObject } from '../protocol/json.ts';
import { readKvBody } from '../protocol/kv-value.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import { readJson } from './json-body.ts';
import { namespaceOf } from './namespace-of.ts';
import { readFilter } from './search-query.ts';
import { instant, lossless } from './respond.ts';

export const kvRoutes = routes();

/** The keys of all namespaces. Mounted under /api/v1/{tenant}/kv. */
export const allKeysRoutes = routes();

allKeysRoutes.get('/', can('KVSTORE', 'LIST'), async (c) => {
  const page = toPage(PageQuery.parse(c.req.query()));
  const { rows, counted } = await keyValues.search(c.var.tenant, readFilter(c, keyValues.kvFields), page);
  return lossless(paged(rows.map(viewEntry), counted));
});

kvRoutes.get('/:namespace/kv', can('KVSTORE', 'LIST'), async (c) => {
  return lossless((await keyValues.list(c.var.tenant, [namespaceOf(c)])).map(viewEntry));
});

kvRoutes.get('/:namespace/kv/inheritance', can('KVSTORE', 'LIST'), async (c) => {
  const [, ...parents] = withParents(namespaceOf(c));
  return lossless(parents.length === 0 ? [] : (await keyValues.list(c.var.tenant, parents)).map(viewEntry));
});

kvRoutes.get('/:namespace/kv/:key', can('KVSTORE', 'VIEW'), async (c) => {
  const key = c.req.param('key');
  const row = await keyValues.find(c.var.tenant, namespaceOf(c), key);
  if (row === undefined)
    throw new AppError('not_found', `No value found for key '${key}' in namespace '${namespaceOf(c)}'`);
  if (keyValues.isExpired(row, c.var.now))
    throw new AppError('expired', `The value of key '${key}' has expired; set it again.`);
  return lossless({ type: row.type, value: row.value, revision: row.revision, updated: instant(row.updatedAt) });
});

kvRoutes.put('/:namespace/kv/:key', can('KVSTORE', 'UPDATE'), async (c) => {
  const expiresAt = expiryOf(c);
  const description = c.req.header('description');
  await keyValues.put(c.var.tenant, {
    namespace: namespaceOf(c),
    key: c.req.param('key'),
    ...readKvBody(await c.req.text()),
    at: c.var.now,
    overwrite: true,
    ...(description !== undefined && { description }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  return c.body(null, 200);
});

kvRoutes.delete('/:namespace/kv/:key', can('KVSTORE', 'DELETE'), async (c) => {
  const removed = await keyValues.remove(c.var.tenant, namespaceOf(c), [c.req.param('key')]);
  return c.json(removed.length > 0);
});

kvRoutes.delete('/:namespace/kv', can('KVSTORE', 'DELETE'), async (c) => {
  const { keys } = await readJson(c, z.object({ keys: z.array(z.string()).max(BULK_ITEMS_MAX) }));
  return c.json({ keys: await keyValues.remove(c.var.tenant, namespaceOf(c), keys) });
});

function expiryOf(c: Context<AppEnv>): number | undefined {
  const ttl = c.req.header('ttl');
  if (ttl === undefined || ttl === '') return undefined;
  const ms = parseDuration(ttl);
  if (ms === undefined || ms <= 0) throw new AppError('invalid_parameter', `ttl is a duration like PT1H, not ${ttl}`);
  return c.var.now + ms;
}

function viewEntry({
  namespace,
  key,
  type,
  revision,
  description,
  createdAt,
  updatedAt,
  expiresAt,
}: KvRow): JsonObject {
  return {
    namespace,
    key,
    type,
    revision,
    ...(description !== undefined && { description }),
    creationDate: instant(createdAt),
    updateDate: instant(updatedAt),
    ...(expiresAt !== undefined && { expirationDate: instant(expiresAt) }),
  };
}
