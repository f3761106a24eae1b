/** What runners call about a job: claim it, renew it, send its logs and files, end it. Mounted under {tenant}/runs. */
import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { open } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { NamespaceTree } from '../namespace-files.ts';
import { ClaimJob, Heartbeat, JobIdText, SHA256_HEADER } from '../protocol/runner.ts';
import { executionOf, ExecutionFiles, pathOf } from '../storage.ts';
import { readJson } from './json-body.ts';
import { runnerCredential, unwrap } from './runner-answer.ts';

export const runRoutes = routes();

runRoutes.post('/:job/claim', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'ses');
  const job = jobId(c);
  return sendJson(c, unwrap(await object.claim(token, job, await readJson(c, ClaimJob))));
});

runRoutes.post('/:job/heartbeat', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'job');
  const job = jobId(c);
  const { fence } = await readJson(c, Heartbeat);
  return c.json(unwrap(await object.heartbeat(token, job, fence)));
});

runRoutes.post('/:job/logs', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'job');
  const { fence, sequence } = LogQuery.parse(c.req.query());
  return c.json({ next: unwrap(await object.appendLogs(token, jobId(c), fence, sequence, await c.req.text())) });
});

runRoutes.put('/:job/files/:name{.+}', open(), async (c) => {
  const { files, place } = await filesOf(c);
  const { body } = c.req.raw;
  if (body === null) throw new AppError('invalid_body', 'The body is the file; an empty file has a body of no bytes.');
  const digest = new crypto.DigestStream('SHA-256');
  const { uri, size } = await files.putOfTask(
    place.taskId,
    place.taskRunId,
    c.req.param('name'),
    copying(body, digest),
  );
  const expected = c.req.header(SHA256_HEADER);
  if (expected !== undefined && expected.toLowerCase() !== hex(await digest.digest)) {
    await files.delete(uri);
    throw new AppError(
      'invalid_body',
      `The file ${c.req.param('name')} came damaged: its SHA-256 is not ${expected}. Send it again.`,
    );
  }
  return c.json({ uri, size });
});

runRoutes.get('/:job/files', open(), async (c) => {
  const { files, place } = await filesOf(c);
  const uri = c.req.query('uri') ?? '';
  const own = namespaceFile(uri, place.namespace);
  const { body, size } = own === undefined ? await files.get(uri) : await readNamespaceFile(c, place.namespace, own);
  return new Response(body, { headers: { ...DOWNLOAD, 'Content-Length': String(size) } });
});

/** What an earlier execution has left for this task; 204 when there is nothing that is young enough. */
runRoutes.get('/:job/cache', open(), async (c) => {
  const { files, place } = await filesOf(c);
  const { ageMsMax } = CacheQuery.parse(c.req.query());
  const file = await files.cache(place.taskId, ageMsMax === undefined ? 0 : c.var.now - ageMsMax);
  if (file === undefined) return c.body(null, 204);
  return new Response(file.body, { headers: { ...DOWNLOAD, 'Content-Length': String(file.size) } });
});

runRoutes.put('/:job/cache', open(), async (c) => {
  const { files, place } = await filesOf(c);
  const { body } = c.req.raw;
  if (body === null) throw new AppError('invalid_body', 'The body is the archive of the cached files.');
  await files.putCache(place.taskId, body);
  return c.body(null, 204);
});

/** Paths and URIs of the files of the job's own namespace; the runner picks those that the task asks for. */
runRoutes.get('/:job/namespace-files', open(), async (c) => {
  const { place } = await filesOf(c);
  const tree = new NamespaceTree(c.var.tenant.files);
  const paths = await tree.list(place.namespace);
  return c.json({ files: paths.map((path) => ({ path: path.slice(1), uri: tree.uri(place.namespace, path) })) });
});

runRoutes.post('/:job/complete', open(), async (c) => {
  const { token, object } = runnerCredential(c, 'job');
  unwrap(await object.complete(token, jobId(c), await c.req.text()));
  return c.body(null, 204);
});

const LogQuery = z.object({
  fence: z.coerce.number().int().positive(),
  sequence: z.coerce.number().int().nonnegative(),
});
const FenceQuery = z.object({ fence: z.coerce.number().int().positive() });

const CacheQuery = z.object({ ageMsMax: z.coerce.number().positive().optional() });

const DOWNLOAD = {
  'Content-Type': 'application/octet-stream',
  'Content-Disposition': 'attachment',
  'X-Content-Type-Options': 'nosniff',
};

function jobId(c: Context<AppEnv>): string {
  const id = JobIdText.safeParse(c.req.param('job'));
  if (!id.success) throw new AppError('not_found', 'There is no such job.');
  return id.data;
}

async function filesOf(c: Context<AppEnv>) {
  const { token, object } = runnerCredential(c, 'job');
  const { fence } = FenceQuery.parse(c.req.query());
  const place = unwrap(await object.authorize(token, jobId(c), fence));
  return { place, files: new ExecutionFiles(c.var.tenant.files, place, place.related) };
}

/** The path of a file in the job's own namespace; undefined when the URI names something else. */
function namespaceFile(uri: string, namespace: string): string | undefined {
  const path = pathOf(uri);
  const root = `${namespace.replaceAll('.', '/')}/_files/`;
  return path?.startsWith(root) && executionOf(path) === undefined ? path.slice(root.length) : undefined;
}

async function readNamespaceFile(c: Context<AppEnv>, namespace: string, path: string) {
  const file = await new NamespaceTree(c.var.tenant.files).get(namespace, path);
  if (file === undefined) throw new AppError('not_found', `The namespace ${namespace} has no file ${path}.`);
  return file;
}

/** The body, while `digest` reads along: neither runs ahead of the other. */
function copying(body: ReadableStream<Uint8Array>, digest: WritableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const writer = digest.getWriter();
  const copy = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await writer.write(chunk);
      controller.enqueue(chunk);
    },
    flush: () => writer.close(),
  });
  return body.pipeThrough(copy);
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sendJson(c: Context<AppEnv>, text: string): Response {
  return c.body(text, 200, { 'Content-Type': 'application/json' });
}
