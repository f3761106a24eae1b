/** Apps as code: kept and given back, known by a uid of ours. Mounted under {tenant}/apps. */
import { createRoute, z } from '@hono/zod-openapi';
import * as storedSources from '../db/stored-sources.ts';
import type { StoredSource } from '../db/stored-sources.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { AppView } from '../protocol/source-document.ts';
import { readSource } from './flow-source.ts';
import { instant, json, NO_CONTENT } from './respond.ts';
import {
  createDocument,
  deleteDocument,
  findDocument,
  readHead,
  updateDocument,
  validHead,
} from './source-documents.ts';

const Uid = z.object({ uid: z.string() });
const YAML = { body: { content: { 'application/x-yaml': { schema: z.string() } } } };
const APP = { 200: json('The app', AppView) };

const search = createRoute({
  method: 'get',
  path: '/search',
  middleware: [can('APP', 'LIST')] as const,
  request: { query: PageQuery.extend({ q: z.string().optional() }) },
  responses: { 200: json('Apps', pagedOf(AppView)) },
});
const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('APP', 'CREATE')] as const,
  request: YAML,
  responses: APP,
});
const get = createRoute({
  method: 'get',
  path: '/{uid}',
  middleware: [can('APP', 'VIEW')] as const,
  request: { params: Uid },
  responses: APP,
});
const update = createRoute({
  method: 'put',
  path: '/{uid}',
  middleware: [can('APP', 'UPDATE')] as const,
  request: { params: Uid, ...YAML },
  responses: APP,
});
const remove = createRoute({
  method: 'delete',
  path: '/{uid}',
  middleware: [can('APP', 'DELETE')] as const,
  request: { params: Uid },
  responses: NO_CONTENT,
});

export const appRoutes = routes()
  .openapi(search, async (c) => {
    const { q, ...page } = c.req.valid('query');
    const { rows, counted } = await storedSources.search(c.var.tenant, { kind: 'app', text: q }, toPage(page));
    return c.json(paged(rows.map(toView), counted), 200);
  })
  .openapi(create, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, []);
    return c.json(toView(await createDocument(c, refOf(c.var.newId()), source, head)), 200);
  })
  .openapi(get, async (c) => c.json(toView(await findDocument(c, refOf(c.req.valid('param').uid))), 200))
  .openapi(update, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, []);
    return c.json(toView(await updateDocument(c, refOf(c.req.valid('param').uid), source, head)), 200);
  })
  .openapi(remove, async (c) => deleteDocument(c, refOf(c.req.valid('param').uid)));

function refOf(uid: string) {
  return { kind: 'app', namespace: '', id: uid } as const;
}

function toView({ id: uid, title, source, createdAt, updatedAt }: StoredSource): z.infer<typeof AppView> {
  const head = readHead(source, []);
  const { id, namespace } = head.ok ? head.value : {};
  return {
    uid,
    ...(id !== undefined && { id }),
    ...(namespace !== undefined && { namespace }),
    name: title,
    source,
    created: instant(createdAt),
    updated: instant(updatedAt),
    disabled: false,
  };
}
