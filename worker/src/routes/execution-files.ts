/** Files of an execution: download, size, preview. A URI must belong to the execution or to one it is related to. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import * as flows from '../db/flows.ts';
import { PREVIEW_BYTES_MAX, PREVIEW_ROWS_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { parseCsv } from '../protocol/csv.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { ExecutionFiles } from '../storage.ts';
import { found, objectOf } from './execution-id.ts';
import { viewFlow } from './flow-view.ts';
import { lossless } from './respond.ts';

export const executionFileRoutes = routes();

executionFileRoutes.get('/:id/file', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  const { body, size } = await files.get(uri);
  return new Response(body, {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(size),
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(nameOf(uri))}`,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "sandbox; default-src 'none'",
    },
  });
});

executionFileRoutes.get('/:id/file/metas', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  const size = await files.size(uri);
  if (size === undefined) throw new AppError('not_found', `There is no file ${uri}.`);
  return c.json({ size });
});

executionFileRoutes.get('/:id/file/preview', can('EXECUTION', 'ACCESS_FILES'), async (c) => {
  const { uri, files } = await filesOf(c);
  const rowsMax = Math.min(Number(c.req.query('maxRows') ?? 100) || 100, PREVIEW_ROWS_MAX);
  const { body, size } = await files.get(uri);
  const bytes = await firstBytes(body, PREVIEW_BYTES_MAX);
  const extension = /\.([A-Za-z0-9]+)$/.exec(nameOf(uri))?.[1]?.toLowerCase() ?? '';
  const cut = size > bytes.byteLength;
  return lossless({ extension, ...preview(extension, bytes, cut, rowsMax, encodingOf(c)) });
});

executionFileRoutes.get('/:id/flow', can('EXECUTION', 'VIEW'), async (c) => {
  const { id, object } = objectOf(c);
  const { namespace, flowId, flowRevision } = found(c, await object.place(id));
  const stored = await flows.find(c.var.tenant, { namespace, id: flowId }, flowRevision);
  if (stored === undefined)
    throw new AppError('not_found', `Flow ${namespace}.${flowId} with revision ${flowRevision} not found`);
  return lossless(forExecution(viewFlow(stored, { source: false })));
});

interface Preview {
  type: 'LIST' | 'TEXT' | 'IMAGE' | 'MARKDOWN' | 'PDF';
  content: Json;
  truncated: boolean;
}

function preview(extension: string, bytes: Uint8Array, cut: boolean, rowsMax: number, encoding: string): Preview {
  if (/^(png|jpg|jpeg|gif|webp|bmp|ico)$/.test(extension))
    return { type: 'IMAGE', content: toBase64(bytes), truncated: cut };
  if (extension === 'pdf') return { type: 'PDF', content: toBase64(bytes), truncated: cut };
  const text = decoded(bytes, encoding);
  if (extension === 'csv') {
    const [header = [], ...rows] = parseCsv(text, rowsMax + 2);
    const content = rows
      .slice(0, rowsMax)
      .map((row) => Object.fromEntries(header.map((name, n) => [name, row[n] ?? ''])));
    return { type: 'LIST', content, truncated: cut || rows.length > rowsMax };
  }
  const lines = text.split('\n');
  if (/^(jsonl|ndjson|ion)$/.test(extension)) {
    const rows = lines.filter((line) => line.trim() !== '');
    return { type: 'LIST', content: rows.slice(0, rowsMax).map(parsed), truncated: cut || rows.length > rowsMax };
  }
  return {
    type: extension === 'md' ? 'MARKDOWN' : 'TEXT',
    content: lines.slice(0, rowsMax).join('\n'),
    truncated: cut || lines.length > rowsMax,
  };
}

async function filesOf(c: Context<AppEnv>): Promise<{ uri: string; files: ExecutionFiles }> {
  const { id, object } = objectOf(c);
  const place = found(c, await object.place(id));
  const uri = c.req.query('path') ?? '';
  return { uri, files: new ExecutionFiles(c.var.tenant.files, { ...place, executionId: id }, place.related) };
}

async function firstBytes(body: ReadableStream<Uint8Array>, max: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part.subarray(0, max - length));
    length += part.byteLength;
    if (length >= max) break;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function encodingOf(c: Context<AppEnv>): string {
  return c.req.query('encoding') || 'utf-8';
}

function decoded(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_parameter', `The encoding ${encoding} is not known here.`, { cause });
  }
}

function parsed(line: string): Json {
  try {
    return parseJson(line);
  } catch {
    return line;
  }
}

/** For people who may execute a flow but not read it: of its tasks no more than what they are. */
function forExecution(flow: Record<string, unknown>): Record<string, unknown> {
  const { id, namespace, revision, inputs, outputs, disabled, labels, triggers } = flow;
  const lists = Object.fromEntries(
    TASK_LISTS.filter((list) => Array.isArray(flow[list])).map((list) => [
      list,
      withoutProperties(flow[list] as Json[]),
    ]),
  );
  return {
    id,
    namespace,
    revision,
    inputs,
    outputs,
    disabled,
    labels,
    triggers: withoutProperties((triggers ?? []) as Json[]),
    ...lists,
  };
}

const TASK_LISTS = ['tasks', 'errors', 'finally', 'afterExecution'] as const;

function withoutProperties(tasks: Json[]): Json[] {
  return tasks.flatMap((task): Json[] => {
    if (!isJsonObject(task)) return [];
    const children = Object.entries(task).filter(
      ([, value]) => Array.isArray(value) && value.some((item) => isJsonObject(item) && 'type' in item),
    );
    return [
      {
        ...(task.id !== undefined && { id: task.id }),
        ...(task.type !== undefined && { type: task.type }),
        ...Object.fromEntries(children.map(([name, value]) => [name, withoutProperties(value as Json[])])),
      },
    ];
  });
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.byteLength; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
