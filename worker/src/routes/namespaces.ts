/** Namespaces themselves; their files, values and secrets have files of their own. Mounted under {tenant}/namespaces. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as namespaces from '../db/namespaces.ts';
import type { NamespaceDocument } from '../db/namespace-documents.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { errorLine, issueDetails, routes } from '../middleware/validation.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { NamespaceSettings } from '../flow/namespace-settings.ts';
import { Namespace, NewNamespace } from '../protocol/names.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { namespaceOf } from './namespace-of.ts';
import { json, lossless, NO_CONTENT } from './respond.ts';
import { readSwitch } from './search-query.ts';

const NamespaceView = z.looseObject({ id: z.string(), deleted: z.boolean() });
const Param = z.object({ namespace: z.string() });
const DOCUMENT = { body: { content: { 'text/json': { schema: NamespaceView.partial({ deleted: true }) } } } };

const search = createRoute({
  method: 'get',
  path: '/search',
  middleware: [can('NAMESPACE', 'LIST')] as const,
  request: { query: PageQuery.extend({ q: z.string().default(''), existing: z.string().optional() }) },
  responses: { 200: json('Namespaces, with `existing` only those that were described', pagedOf(NamespaceView)) },
});

const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('NAMESPACE', 'CREATE')] as const,
  request: DOCUMENT,
  responses: { 200: json('The namespace', NamespaceView) },
});

const get = createRoute({
  method: 'get',
  path: '/{namespace}',
  middleware: [can('NAMESPACE', 'VIEW')] as const,
  request: { params: Param },
  responses: { 200: json('The namespace', NamespaceView) },
});

const update = createRoute({
  method: 'put',
  path: '/{namespace}',
  middleware: [can('NAMESPACE', 'UPDATE')] as const,
  request: { params: Param, ...DOCUMENT },
  responses: { 200: json('The namespace', NamespaceView) },
});

const remove = createRoute({
  method: 'delete',
  path: '/{namespace}',
  middleware: [can('NAMESPACE', 'DELETE')] as const,
  request: { params: Param },
  responses: NO_CONTENT,
});

const inheritedVariables = createRoute({
  method: 'get',
  path: '/{namespace}/inherited-variables',
  middleware: [can('NAMESPACE', 'VIEW')] as const,
  request: { params: Param },
  responses: { 200: json('Variables of the parents, the nearest first to win', z.record(z.string(), z.unknown())) },
});

const inheritedPluginDefaults = createRoute({
  method: 'get',
  path: '/{namespace}/inherited-plugindefaults',
  middleware: [can('NAMESPACE', 'VIEW')] as const,
  request: { params: Param },
  responses: { 200: json('Plugin defaults of the parents, the nearest first', z.array(z.unknown())) },
});

export const namespaceRoutes = routes()
  .openapi(search, async (c) => {
    const { q, ...query } = c.req.valid('query');
    const { offset, size } = toPage(query);
    const all = await namespaces.list(c.var.tenant, { described: readSwitch(c, 'existing', false) });
    const found = all.filter(({ id }) => id.includes(q.toLowerCase()));
    return lossless(paged(found.slice(offset, offset + size).map(toView), found.length));
  })
  .openapi(create, async (c) => {
    const document = await readDocument(c);
    if (await namespaces.exists(c.var.tenant, document.id)) {
      throw new AppError('already_exists', `Namespace ${document.id} exists already; update it instead.`);
    }
    return save(c, document);
  })
  .openapi(get, async (c) => {
    const { namespace } = c.req.valid('param');
    const document = await namespaces.find(c.var.tenant, namespace);
    if (document === undefined) throw namespaceNotFound(namespace);
    return lossless(toView(document));
  })
  .openapi(update, async (c) => {
    const { namespace } = c.req.valid('param');
    const document = await readDocument(c, namespace);
    if (document.id !== namespace) {
      const detail = `must be ${namespace}, as in the path`;
      throw new AppError('invalid_body', `id ${detail}`, { errors: [{ detail, pointer: 'id' }] });
    }
    if ((await namespaces.find(c.var.tenant, namespace)) === undefined) throw namespaceNotFound(namespace);
    return save(c, document);
  })
  .openapi(inheritedVariables, async (c) => lossless((await inherited(c)).variables))
  .openapi(inheritedPluginDefaults, async (c) => lossless((await inherited(c)).pluginDefaults))
  .openapi(remove, async (c) => {
    const { namespace } = c.req.valid('param');
    if (!(await namespaces.remove(c.var.tenant, namespace))) throw namespaceNotFound(namespace);
    return c.body(null, 204);
  });

/** From the parents alone. */
function inherited(c: Context<AppEnv>): Promise<NamespaceSettings> {
  const [, ...parents] = withParents(namespaceOf(c));
  return namespaces.settings(c.var.tenant, parents);
}

async function save(c: Context<AppEnv>, document: NamespaceDocument) {
  await namespaces.put(c.var.tenant, document, c.var.now);
  return lossless(toView(document));
}

/** Everything that was sent comes back, members that mean nothing to us included; unset ones (null) are left out. */
async function readDocument(c: Context<AppEnv>, defaultId?: string): Promise<NamespaceDocument> {
  const { id = defaultId, ...rest } = withoutNulls(await readObject(c));
  const { deleted: _deleted, ...document } = rest;
  const name = NewNamespace.safeParse(id);
  if (!name.success) {
    const detail = name.error.issues.map(({ message }) => message).join(', ');
    throw new AppError('invalid_body', `id ${detail}`, { errors: [{ detail, pointer: 'id' }] });
  }
  refuseWrongMembers(document);
  return { ...document, id: name.data };
}

/** What flows will read must be what they expect; members that mean nothing to us may be anything. */
function refuseWrongMembers(document: JsonObject): void {
  const parsed = ReadMembers.safeParse(document);
  if (parsed.success) return;
  const errors = issueDetails(parsed.error);
  throw new AppError('invalid_body', errors.map(errorLine).join('; '), { errors });
}

const JsonMap = z.custom<JsonObject>(isJsonObject, 'must be a map');
const ReadMembers = z.object({
  variables: JsonMap.optional(),
  pluginDefaults: z.array(z.object({ type: z.string(), values: JsonMap, forced: z.boolean().nullish() })).optional(),
  allowedNamespaces: z.array(z.object({ namespace: Namespace })).optional(),
});

async function readObject(c: Context<AppEnv>): Promise<JsonObject> {
  try {
    const body = parseJson(await c.req.text());
    if (isJsonObject(body)) return body;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new AppError('invalid_body', 'The body must be a JSON object.');
}

function withoutNulls(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}

function toView(document: NamespaceDocument): NamespaceDocument & { deleted: boolean } {
  return { ...document, deleted: false };
}

function namespaceNotFound(id: string): AppError {
  return new AppError('not_found', `Namespace ${id} not found`);
}
