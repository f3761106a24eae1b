/** Flows. Mounted under /api/v1/{tenant}/flows, and under /api/v1/flows for clients that name no tenant. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as flows from '../db/flows.ts';
import type { FlowRef } from '../db/flows.ts';
import { AppError } from '../errors.ts';
import { compileTask, compileTrigger } from '../flow/compile-part.ts';
import { validationResult } from '../flow/validation-result.ts';
import { BULK_ITEMS_MAX, PAGE_SIZE_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { entityTag, ifMatch } from './entity-tag.ts';
import { fileName, isArchive, packFlows, unpackSources } from './flow-archive.ts';
import { createFlow, deleteFlows, deployFlows, flowNotFound, nameOf, setDisabled, updateFlow } from './flow-deploy.ts';
import { findFragments } from './flow-fragments.ts';
import { decodeSource, readSource, readSources } from './flow-source.ts';
import { validateFlows, Validation } from './flow-validation.ts';
import { FlowView, viewFlow } from './flow-view.ts';
import { json, jsonBody, lossless, NO_CONTENT } from './respond.ts';
import { readFilter, readSwitch } from './search-query.ts';

const Ref = z.object({ namespace: z.string(), id: z.string() });
const Refs = z.array(Ref).max(BULK_ITEMS_MAX);
const Count = z.object({ count: z.int() });
const YAML = { body: { content: { 'application/x-yaml': { schema: z.string() } } } };
const ZIP = { 200: { description: 'A ZIP file', content: { 'application/zip': { schema: z.string() } } } };
const Switch = z.string().optional();

const create = createRoute({
  method: 'post',
  path: '/',
  middleware: [can('FLOW', 'CREATE')] as const,
  request: YAML,
  responses: { 200: json('The flow', FlowView) },
});

const validate = createRoute({
  method: 'post',
  path: '/validate',
  middleware: [can('FLOW', 'VALIDATE')] as const,
  request: YAML,
  responses: { 200: json('What is wrong with each document', z.array(Validation)) },
});

const validateTask = createRoute({
  method: 'post',
  path: '/validate/task',
  middleware: [can('FLOW', 'VALIDATE')] as const,
  request: YAML,
  responses: { 200: json('What is wrong with the task', Validation) },
});

const validateTrigger = createRoute({
  method: 'post',
  path: '/validate/trigger',
  middleware: [can('FLOW', 'VALIDATE')] as const,
  request: YAML,
  responses: { 200: json('What is wrong with the trigger', Validation) },
});

const bulk = createRoute({
  method: 'post',
  path: '/bulk',
  middleware: [can('FLOW', 'CREATE'), can('FLOW', 'DELETE')] as const,
  request: {
    query: z.object({ delete: Switch, namespace: z.string().optional(), allowNamespaceChild: Switch }),
    ...YAML,
  },
  responses: { 200: json('The flows of the body, then those that were deleted', z.array(FlowView)) },
});

const importing = createRoute({
  method: 'post',
  path: '/import',
  middleware: [can('FLOW', 'IMPORT')] as const,
  request: {
    query: z.object({ failOnError: Switch }),
    body: {
      content: {
        'multipart/form-data': {
          schema: z.object({ fileUpload: z.instanceof(File).meta({ type: 'string', format: 'binary' }) }),
        },
      },
      required: true,
    },
  },
  responses: { 200: json('What could not be imported', z.array(z.string())) },
});

const search = createRoute({
  method: 'get',
  path: '/search',
  middleware: [can('FLOW', 'LIST')] as const,
  request: { query: PageQuery },
  responses: { 200: json('Flows', pagedOf(FlowView)) },
});

const searchSource = createRoute({
  method: 'get',
  path: '/source',
  middleware: [can('FLOW', 'LIST')] as const,
  request: { query: PageQuery.extend({ q: z.string().default(''), namespace: z.string().optional() }) },
  responses: {
    200: json(
      'Flows and where their sources have the text',
      pagedOf(z.object({ model: FlowView, fragments: z.array(z.string()) })),
    ),
  },
});

const distinctNamespaces = createRoute({
  method: 'get',
  path: '/distinct-namespaces',
  middleware: [can('FLOW', 'LIST')] as const,
  request: { query: z.object({ q: z.string().optional() }) },
  responses: { 200: json('Namespaces that have flows', z.array(z.string())) },
});

const exportByQuery = createRoute({
  method: 'get',
  path: '/export/by-query',
  middleware: [can('FLOW', 'EXPORT')] as const,
  responses: ZIP,
});

const exportByIds = createRoute({
  method: 'post',
  path: '/export/by-ids',
  middleware: [can('FLOW', 'EXPORT')] as const,
  request: jsonBody(Refs),
  responses: ZIP,
});

const enableByIds = createRoute({
  method: 'post',
  path: '/enable/by-ids',
  middleware: [can('FLOW', 'UPDATE')] as const,
  request: jsonBody(Refs),
  responses: { 200: json('How many', Count) },
});

const disableByIds = createRoute({
  method: 'post',
  path: '/disable/by-ids',
  middleware: [can('FLOW', 'UPDATE')] as const,
  request: jsonBody(Refs),
  responses: { 200: json('How many', Count) },
});

const deleteByIds = createRoute({
  method: 'delete',
  path: '/delete/by-ids',
  middleware: [can('FLOW', 'DELETE')] as const,
  request: jsonBody(Refs),
  responses: { 200: json('How many', Count) },
});

const enableByQuery = createRoute({
  method: 'post',
  path: '/enable/by-query',
  middleware: [can('FLOW', 'UPDATE')] as const,
  responses: { 200: json('How many', Count) },
});

const disableByQuery = createRoute({
  method: 'post',
  path: '/disable/by-query',
  middleware: [can('FLOW', 'UPDATE')] as const,
  responses: { 200: json('How many', Count) },
});

const deleteByQuery = createRoute({
  method: 'delete',
  path: '/delete/by-query',
  middleware: [can('FLOW', 'DELETE')] as const,
  responses: { 200: json('How many', Count) },
});

const listNamespace = createRoute({
  method: 'get',
  path: '/{namespace}',
  middleware: [can('FLOW', 'LIST')] as const,
  request: { params: Ref.pick({ namespace: true }) },
  responses: { 200: json('The flows of the namespace', z.array(FlowView)) },
});

const deployNamespace = createRoute({
  method: 'post',
  path: '/{namespace}',
  middleware: [can('FLOW', 'CREATE'), can('FLOW', 'DELETE')] as const,
  request: { params: Ref.pick({ namespace: true }), query: z.object({ delete: Switch, override: Switch }), ...YAML },
  responses: { 200: json('The flows of the body, then those that were deleted', z.array(FlowView)) },
});

const get = createRoute({
  method: 'get',
  path: '/{namespace}/{id}',
  middleware: [can('FLOW', 'VIEW')] as const,
  request: {
    params: Ref,
    query: z.object({ source: Switch, allowDeleted: Switch, revision: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: json('The flow', FlowView) },
});

const update = createRoute({
  method: 'put',
  path: '/{namespace}/{id}',
  middleware: [can('FLOW', 'UPDATE')] as const,
  request: { params: Ref, ...YAML },
  responses: { 200: json('The flow', FlowView) },
});

const remove = createRoute({
  method: 'delete',
  path: '/{namespace}/{id}',
  middleware: [can('FLOW', 'DELETE')] as const,
  request: { params: Ref },
  responses: NO_CONTENT,
});

const listRevisions = createRoute({
  method: 'get',
  path: '/{namespace}/{id}/revisions',
  middleware: [can('FLOW', 'VIEW')] as const,
  request: { params: Ref, query: z.object({ allowDelete: Switch }) },
  responses: { 200: json('Every revision with its source, newest last', z.array(FlowView)) },
});

const deleteRevisions = createRoute({
  method: 'delete',
  path: '/{namespace}/{id}/revisions',
  middleware: [can('FLOW', 'DELETE')] as const,
  request: {
    params: Ref,
    query: z.object({ revisions: z.string().regex(/^\d+(,\d+)*$/, 'must be revision numbers, joined by commas') }),
  },
  responses: NO_CONTENT,
});

export const flowRoutes = routes()
  .openapi(create, async (c) => {
    const stored = await createFlow(c.var.tenant, await readSource(c), c.var.now);
    return tagged(stored, lossless(viewFlow(stored, { source: true })));
  })
  .openapi(validate, async (c) => c.json(await validateFlows(c.var.tenant, await readSource(c)), 200))
  .openapi(validateTask, async (c) => c.json(validationResult(compileTask(await readSource(c))), 200))
  .openapi(validateTrigger, async (c) => c.json(validationResult(compileTrigger(await readSource(c))), 200))
  .openapi(bulk, async (c) => {
    const { namespace } = c.req.valid('query');
    const options = {
      namespace,
      includesChildren: readSwitch(c, 'allowNamespaceChild', false),
      override: false,
      isComplete: readSwitch(c, 'delete', true),
    };
    const deployed = await deployFlows(c.var.tenant, await readSource(c), options, c.var.now);
    return lossless(deployed.map((stored) => viewFlow(stored, { source: true })));
  })
  .openapi(importing, async (c) => {
    const bytes = new Uint8Array(await c.req.valid('form').fileUpload.arrayBuffer());
    const files = isArchive(bytes)
      ? unpackSources(bytes)
      : [{ name: c.req.valid('form').fileUpload.name, text: decodeSource(bytes) }];
    const failed: string[] = [];
    for (const { name, text } of files) {
      const options = { includesChildren: false, override: false, isComplete: false };
      await deployFlows(c.var.tenant, text, options, c.var.now).catch((error: unknown) => {
        if (!(error instanceof AppError) || readSwitch(c, 'failOnError', false)) throw error;
        failed.push(name);
      });
    }
    return c.json(failed, 200);
  })
  .openapi(search, async (c) => {
    const filter = readFilter(c, flows.flowFields);
    const found = await flows.search(c.var.tenant, filter, toPage(c.req.valid('query')));
    return lossless(
      paged(
        found.flows.map((stored) => viewFlow(stored, { source: false })),
        found.counted,
      ),
    );
  })
  .openapi(searchSource, async (c) => {
    const { q, namespace, ...page } = c.req.valid('query');
    const found = await flows.searchSources(c.var.tenant, { text: q, namespace }, toPage(page));
    const results = found.flows.map((stored) => ({
      model: viewFlow(stored, { source: false }),
      fragments: findFragments(stored.source, q),
    }));
    return lossless(paged(results, found.counted));
  })
  .openapi(distinctNamespaces, async (c) => c.json(await flows.namespaces(c.var.tenant, c.req.valid('query').q), 200))
  .openapi(exportByQuery, async (c) => archive(await everyMatch(c)))
  .openapi(exportByIds, async (c) => archive(await present(c, c.req.valid('json'))))
  .openapi(enableByIds, async (c) => c.json({ count: await toggle(c, c.req.valid('json'), false) }, 200))
  .openapi(disableByIds, async (c) => c.json({ count: await toggle(c, c.req.valid('json'), true) }, 200))
  .openapi(deleteByIds, async (c) => {
    const refs = await present(c, c.req.valid('json'));
    return c.json({ count: (await deleteFlows(c.var.tenant, refs, c.var.now)).length }, 200);
  })
  .openapi(enableByQuery, async (c) =>
    c.json({ count: await setDisabled(c.var.tenant, await everyMatch(c), false) }, 200),
  )
  .openapi(disableByQuery, async (c) =>
    c.json({ count: await setDisabled(c.var.tenant, await everyMatch(c), true) }, 200),
  )
  .openapi(deleteByQuery, async (c) =>
    c.json({ count: (await deleteFlows(c.var.tenant, await everyMatch(c), c.var.now)).length }, 200),
  )
  .openapi(listNamespace, async (c) => {
    const { namespace } = c.req.valid('param');
    const stored = await flows.listIn(c.var.tenant, { namespace, includesChildren: false });
    return lossless(stored.map((one) => viewFlow(one, { source: false })));
  })
  .openapi(deployNamespace, async (c) => {
    const { namespace } = c.req.valid('param');
    const options = {
      namespace,
      includesChildren: false,
      override: readSwitch(c, 'override', false),
      isComplete: readSwitch(c, 'delete', true),
    };
    const deployed = await deployFlows(c.var.tenant, await readSources(c), options, c.var.now);
    return lossless(deployed.map((stored) => viewFlow(stored, { source: true })));
  })
  .openapi(get, async (c) => {
    const ref = c.req.valid('param');
    const stored = await flows.find(c.var.tenant, ref, c.req.valid('query').revision);
    if (stored === undefined || (stored.deleted && !readSwitch(c, 'allowDeleted', false))) throw flowNotFound(ref);
    return tagged(stored, lossless(viewFlow(stored, { source: readSwitch(c, 'source', false) })));
  })
  .openapi(update, async (c) => {
    const source = await readSource(c);
    const stored = await updateFlow(c.var.tenant, c.req.valid('param'), source, c.var.now, ifMatch(c));
    return tagged(stored, lossless(viewFlow(stored, { source: true })));
  })
  .openapi(remove, async (c) => {
    const ref = c.req.valid('param');
    const deleted = await deleteFlows(c.var.tenant, [ref], c.var.now, ifMatch(c));
    if (deleted.length === 0) throw flowNotFound(ref);
    return c.body(null, 204);
  })
  .openapi(listRevisions, async (c) => {
    const ref = c.req.valid('param');
    const stored = await flows.revisions(c.var.tenant, ref, { deleted: readSwitch(c, 'allowDelete', false) });
    if (stored.length === 0) throw flowNotFound(ref);
    return lossless(stored.map((one) => viewFlow(one, { source: true })));
  })
  .openapi(deleteRevisions, async (c) => {
    const ref = c.req.valid('param');
    const numbers = c.req.valid('query').revisions.split(',').map(Number);
    const removed = await flows.removeRevisions(c.var.tenant, ref, numbers);
    if (removed === 0)
      throw new AppError('not_found', `Flow ${nameOf(ref)} has none of these older revisions; its newest one stays.`);
    return c.body(null, 204);
  });

/** With the tag that a later write may name. */
function tagged<Answer extends Response>(stored: flows.StoredFlow, answer: Answer): Answer {
  answer.headers.set('ETag', entityTag(stored));
  return answer;
}

/** The flows that a search finds, all of them: what an action on a search acts upon. */
async function everyMatch(c: Context<AppEnv>): Promise<flows.StoredFlow[]> {
  const filter = readFilter(c, flows.flowFields);
  const { flows: found, counted } = await flows.search(c.var.tenant, filter, {
    offset: 0,
    size: PAGE_SIZE_MAX,
    sort: [],
  });
  if (counted > PAGE_SIZE_MAX)
    throw new AppError('limit_reached', `More than ${PAGE_SIZE_MAX} flows match; narrow the search.`);
  return found;
}

/** All of these flows, or nothing happens. */
async function present(c: Context<AppEnv>, refs: FlowRef[]): Promise<flows.StoredFlow[]> {
  const stored = (await flows.findAll(c.var.tenant, refs)).filter(({ deleted }) => !deleted);
  const names = new Set(stored.map(nameOf));
  const missing = refs.map(nameOf).filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new AppError('bulk_validation_failed', `Flows not found: ${missing.join(', ')}`, { invalids: missing });
  }
  return stored;
}

async function toggle(c: Context<AppEnv>, refs: FlowRef[], disabled: boolean): Promise<number> {
  return setDisabled(c.var.tenant, await present(c, refs), disabled);
}

function archive(stored: flows.StoredFlow[]): Response {
  const [only, ...others] = stored;
  const name = only !== undefined && others.length === 0 ? `${fileName(only)}.zip` : 'flows.zip';
  const headers = { 'Content-Type': 'application/zip', 'Content-Disposition': `attachment; filename="${name}"` };
  return new Response(packFlows(stored), { headers });
}
