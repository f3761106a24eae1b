/** Secrets of a namespace: written, listed, described, removed, never read. Mounted under /api/v1/{tenant}/namespaces. */
import type { Context } from 'hono';
import { z } from 'zod';
import * as secrets from '../db/secrets.ts';
import type { SecretMetadata } from '../db/secrets.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import { paged, PageQuery, toPage } from '../protocol/paging.ts';
import { readJson } from './json-body.ts';
import { namespaceOf } from './namespace-of.ts';
import { instant } from './respond.ts';
import { readFilter } from './search-query.ts';

export const secretRoutes = routes();

/** The secrets of all namespaces. Mounted under /api/v1/{tenant}/secrets. */
export const allSecretsRoutes = routes();

allSecretsRoutes.get('/', can('SECRET', 'LIST'), async (c) => {
  const page = toPage(PageQuery.parse(c.req.query()));
  const { rows, counted } = await secrets.search(c.var.tenant, readFilter(c, secrets.secretFields), page);
  return c.json({ readOnly: false, ...paged(rows.map(viewSecret), counted) });
});

const Tags = z.array(z.object({ key: z.string(), value: z.string() })).max(50);
const NewSecret = z.object({
  key: z.string().min(1),
  value: z.string(),
  description: z.string().max(1_000).nullish(),
  tags: Tags.nullish(),
});
const Description = NewSecret.pick({ description: true, tags: true }).partial();

secretRoutes.get('/:namespace/secrets', can('SECRET', 'LIST'), async (c) => {
  const { offset, size } = toPage(PageQuery.parse(c.req.query()));
  const all = await secrets.list(c.var.tenant, [namespaceOf(c)]);
  return c.json({ readOnly: false, ...paged(all.slice(offset, offset + size).map(viewSecret), all.length) });
});

secretRoutes.get('/:namespace/inherited-secrets', can('SECRET', 'LIST'), async (c) => {
  const all = await secrets.list(c.var.tenant, withParents(namespaceOf(c)));
  const keys = new Map<string, string[]>();
  for (const { namespace, key } of all) keys.set(namespace, [...(keys.get(namespace) ?? []), key]);
  return c.json(Object.fromEntries(keys));
});

secretRoutes.put('/:namespace/secrets', can('SECRET', 'UPDATE'), async (c) => {
  const namespace = namespaceOf(c);
  const { key, value, description, tags } = await readJson(c, NewSecret);
  await secrets.put(c.var.tenant, c.var.config.secrets, {
    namespace,
    key,
    value,
    at: c.var.now,
    tags: tags ?? [],
    ...(description && { description }),
  });
  const written = (await secrets.list(c.var.tenant, [namespace])).filter((secret) => secret.key === key.toUpperCase());
  return c.json(written.map(viewSecret));
});

secretRoutes.patch('/:namespace/secrets/:key', can('SECRET', 'UPDATE'), async (c) => {
  const { description, tags } = await readJson(c, Description);
  const key = c.req.param('key');
  const changes = { ...(description && { description }), ...(tags && { tags }), at: c.var.now };
  const changed = await secrets.describe(c.var.tenant, namespaceOf(c), key, changes);
  if (changed === undefined) throw secretNotFound(c, key);
  return c.json([viewSecret(changed)]);
});

secretRoutes.delete('/:namespace/secrets/:key', can('SECRET', 'DELETE'), async (c) => {
  const key = c.req.param('key');
  if (!(await secrets.remove(c.var.tenant, namespaceOf(c), key))) throw secretNotFound(c, key);
  return c.body(null, 204);
});

function secretNotFound(c: Context<AppEnv>, key: string): AppError {
  return new AppError('not_found', `There is no secret '${key}' in namespace '${namespaceOf(c)}'`);
}

function viewSecret({ namespace, key, description, tags, version, digest, updatedAt }: SecretMetadata) {
  return {
    key,
    namespace,
    ...(description !== undefined && { description }),
    tags,
    version,
    ...(digest !== undefined && { digest }),
    updated: instant(updatedAt),
  };
}
