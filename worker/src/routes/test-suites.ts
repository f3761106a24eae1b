/** Tests of flows as code: kept and given back. Mounted under {tenant}/tests. */
import { createRoute, z } from '@hono/zod-openapi';
import * as storedSources from '../db/stored-sources.ts';
import type { StoredSource } from '../db/stored-sources.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { assert } from '../result.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { TestSuiteView } from '../protocol/source-document.ts';
import { readSource } from './flow-source.ts';
import { instant, json, NO_CONTENT } from './respond.ts';
import { createDocument, deleteDocument, findDocument, updateDocument, validHead } from './source-documents.ts';

const Ref = z.object({ namespace: z.string(), id: z.string() });
const YAML = { body: { content: { 'application/x-yaml': { schema: z.string() } } } };
const SUITE = { 200: json('The test', TestSuiteView) };

const search = createRoute({
  method: 'get',
  path: '/search',
  middleware: [can('TESTSUITE', 'LIST')] as const,
  request: { query: PageQuery.extend({ q: z.string().optional(), namespace: z.string().optional() }) },
  responses: { 200: json('Tests', pagedOf(TestSuiteView)) },
});
const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('TESTSUITE', 'CREATE')] as const,
  request: YAML,
  responses: SUITE,
});
const get = createRoute({
  method: 'get',
  path: '/{namespace}/{id}',
  middleware: [can('TESTSUITE', 'VIEW')] as const,
  request: { params: Ref },
  responses: SUITE,
});
const update = createRoute({
  method: 'put',
  path: '/{namespace}/{id}',
  middleware: [can('TESTSUITE', 'UPDATE')] as const,
  request: { params: Ref, ...YAML },
  responses: SUITE,
});
const remove = createRoute({
  method: 'delete',
  path: '/{namespace}/{id}',
  middleware: [can('TESTSUITE', 'DELETE')] as const,
  request: { params: Ref },
  responses: NO_CONTENT,
});

const REQUIRED = ['id', 'namespace'] as const;

export const testSuiteRoutes = routes()
  .openapi(search, async (c) => {
    const { q, namespace, ...page } = c.req.valid('query');
    const wanted = { kind: 'test', text: q, namespace } as const;
    const { rows, counted } = await storedSources.search(c.var.tenant, wanted, toPage(page));
    return c.json(paged(rows.map(toView), counted), 200);
  })
  .openapi(create, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, REQUIRED);
    const { namespace, id } = head;
    assert(namespace !== undefined && id !== undefined, 'a valid head has what is required');
    return c.json(toView(await createDocument(c, { kind: 'test', namespace, id }, source, head)), 200);
  })
  .openapi(get, async (c) => c.json(toView(await findDocument(c, { kind: 'test', ...c.req.valid('param') })), 200))
  .openapi(update, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, REQUIRED);
    return c.json(toView(await updateDocument(c, { kind: 'test', ...c.req.valid('param') }, source, head)), 200);
  })
  .openapi(remove, async (c) => deleteDocument(c, { kind: 'test', ...c.req.valid('param') }));

function toView({
  namespace,
  id,
  description,
  source,
  createdAt,
  updatedAt,
}: StoredSource): z.infer<typeof TestSuiteView> {
  return {
    id,
    namespace,
    ...(description !== null && { description }),
    source,
    created: instant(createdAt),
    updated: instant(updatedAt),
    deleted: false,
  };
}
