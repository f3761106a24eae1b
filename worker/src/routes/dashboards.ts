/** Dashboards as code: kept and given back; whoever shows one reads its source. Mounted under {tenant}/dashboards. */
import { createRoute, z } from '@hono/zod-openapi';
import * as storedSources from '../db/stored-sources.ts';
import type { StoredSource } from '../db/stored-sources.ts';
import { can } from '../middleware/permission.ts';
import { errorLine, routes } from '../middleware/validation.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { DashboardView, DocumentFaults } from '../protocol/source-document.ts';
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

const Id = z.object({ id: z.string() });
const YAML = { body: { content: { 'application/x-yaml': { schema: z.string() } } } };
const DASHBOARD = { 200: json('The dashboard', DashboardView) };

const search = createRoute({
  method: 'get',
  path: '/',
  middleware: [can('DASHBOARD', 'LIST')] as const,
  request: { query: PageQuery.extend({ q: z.string().optional() }) },
  responses: { 200: json('Dashboards', pagedOf(DashboardView)) },
});
const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('DASHBOARD', 'CREATE')] as const,
  request: YAML,
  responses: DASHBOARD,
});
const validate = createRoute({
  method: 'post',
  path: '/validate',
  middleware: [can('DASHBOARD', 'VALIDATE')] as const,
  request: YAML,
  responses: { 200: json('What is wrong with it', DocumentFaults) },
});
const validateChart = createRoute({
  method: 'post',
  path: '/validate/chart',
  middleware: [can('DASHBOARD', 'VALIDATE')] as const,
  request: YAML,
  responses: { 200: json('What is wrong with it', DocumentFaults) },
});
const get = createRoute({
  method: 'get',
  path: '/{id}',
  middleware: [can('DASHBOARD', 'VIEW')] as const,
  request: { params: Id },
  responses: DASHBOARD,
});
const update = createRoute({
  method: 'put',
  path: '/{id}',
  middleware: [can('DASHBOARD', 'UPDATE')] as const,
  request: { params: Id, ...YAML },
  responses: DASHBOARD,
});
const remove = createRoute({
  method: 'delete',
  path: '/{id}',
  middleware: [can('DASHBOARD', 'DELETE')] as const,
  request: { params: Id },
  responses: NO_CONTENT,
});

export const dashboardRoutes = routes()
  .openapi(search, async (c) => {
    const { q, ...page } = c.req.valid('query');
    const { rows, counted } = await storedSources.search(c.var.tenant, { kind: 'dashboard', text: q }, toPage(page));
    return c.json(paged(rows.map(toView), counted), 200);
  })
  .openapi(create, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, ['title']);
    return c.json(toView(await createDocument(c, refOf(head.id ?? c.var.newId()), source, head)), 200);
  })
  .openapi(validate, async (c) => c.json(faultsOf(await readSource(c), ['title']), 200))
  .openapi(validateChart, async (c) => c.json(faultsOf(await readSource(c), ['id']), 200))
  .openapi(get, async (c) => c.json(toView(await findDocument(c, refOf(c.req.valid('param').id))), 200))
  .openapi(update, async (c) => {
    const source = await readSource(c);
    const head = validHead(source, ['title']);
    return c.json(toView(await updateDocument(c, refOf(c.req.valid('param').id), source, head)), 200);
  })
  .openapi(remove, async (c) => deleteDocument(c, refOf(c.req.valid('param').id)));

function refOf(id: string) {
  return { kind: 'dashboard', namespace: '', id } as const;
}

function faultsOf(source: string, required: Parameters<typeof readHead>[1]): z.infer<typeof DocumentFaults> {
  const head = readHead(source, required);
  if (head.ok) return { diagnostics: [] };
  return { constraints: head.error.map(errorLine).join('\n'), diagnostics: head.error.map((error) => ({ ...error })) };
}

function toView({ id, title, description, source, createdAt, updatedAt }: StoredSource): z.infer<typeof DashboardView> {
  return {
    id,
    title,
    ...(description !== null && { description }),
    sourceCode: source,
    created: instant(createdAt),
    updated: instant(updatedAt),
    deleted: false,
  };
}
