/** Internal storage: the files of executions, by URI, in the tenant's part of the bucket.
 *   S1. A URI names a path; which paths may be read follows from the execution that asks, never from the URI alone.
 *   S2. Bodies are streams: at most one part of an upload is held in memory. */
import { UPLOAD_PART_BYTES } from './limits.ts';
import { AppError } from './errors.ts';
import type { FileContent, TenantFiles } from './tenant-files.ts';

const SCHEME = 'kestra://';

export type FileBody = ReadableStream<Uint8Array> | Uint8Array | string;

/** Where files of an execution are put. */
export interface ExecutionPlace {
  namespace: string;
  flowId: string;
  executionId: string;
}

export class ExecutionFiles {
  readonly #files: TenantFiles;
  readonly #place: ExecutionPlace;
  readonly #readable: ReadonlySet<string>;

  /** `related`: executions whose files this one may read too: its caller, those it replays, its children. */
  constructor(files: TenantFiles, place: ExecutionPlace, related: Iterable<string> = []) {
    this.#files = files;
    this.#place = place;
    this.#readable = new Set([place.executionId, ...related]);
  }

  putOfTask(taskId: string, taskRunId: string, name: string, body: FileBody): Promise<{ uri: string; size: number }> {
    return this.#put(`tasks/${slug(taskId)}/${taskRunId}/${fileName(name)}`, body);
  }

  /** Where a file of an input will be. */
  inputUri(inputId: string, name: string): string {
    return uriOf(`${directoryOf(this.#place)}/inputs/${inputId}/${fileName(name)}`);
  }

  putOfInput(inputId: string, name: string, body: FileBody): Promise<{ uri: string; size: number }> {
    return this.#put(`inputs/${inputId}/${fileName(name)}`, body);
  }

  /** Where a file that came with what fired a trigger will be. */
  triggerUri(triggerId: string, name: string): string {
    return uriOf(`${directoryOf(this.#place)}/trigger/${triggerId}/${fileName(name)}`);
  }

  putOfTrigger(triggerId: string, name: string, body: FileBody): Promise<{ uri: string; size: number }> {
    return this.#put(`trigger/${triggerId}/${fileName(name)}`, body);
  }

  /** Files that executions of the flow leave to each other, as one archive; undefined when it is older than `notBefore`. */
  async cache(
    taskId: string,
    notBefore: number,
  ): Promise<{ body: ReadableStream<Uint8Array>; size: number } | undefined> {
    const file = await this.#files.get(cachePath(this.#place, taskId));
    if (file === null || !('body' in file)) return undefined;
    if (file.uploaded.getTime() >= notBefore) return { body: file.body, size: file.size };
    await file.body.cancel();
    return undefined;
  }

  async putCache(taskId: string, body: FileBody): Promise<void> {
    await upload(this.#files, cachePath(this.#place, taskId), body);
  }

  async get(uri: string, range?: R2Range): Promise<FileContent> {
    const file = await this.#files.read(this.#readablePath(uri), range);
    if (file === undefined) throw missing(uri);
    return file;
  }

  async size(uri: string): Promise<number | undefined> {
    return (await this.#files.head(this.#readablePath(uri)))?.size;
  }

  /** Only its own files: what others made is theirs. */
  async delete(uri: string): Promise<boolean> {
    const path = pathOf(uri);
    if (path === undefined || executionOf(path) !== this.#place.executionId) throw notReadable(uri);
    if ((await this.#files.head(path)) === null) return false;
    await this.#files.delete(path);
    return true;
  }

  async list(): Promise<string[]> {
    const uris: string[] = [];
    for await (const { path } of this.#files.list(`${directoryOf(this.#place)}/`)) uris.push(uriOf(path));
    return uris;
  }

  async deleteAll(): Promise<void> {
    const paths: string[] = [];
    for await (const { path } of this.#files.list(`${directoryOf(this.#place)}/`)) paths.push(path);
    if (paths.length > 0) await this.#files.delete(paths);
  }

  #readablePath(uri: string): string {
    const path = pathOf(uri);
    const execution = path === undefined ? undefined : executionOf(path);
    if (path === undefined || execution === undefined || !this.#readable.has(execution)) throw notReadable(uri);
    return path;
  }

  async #put(name: string, body: FileBody): Promise<{ uri: string; size: number }> {
    const path = `${directoryOf(this.#place)}/${name}`;
    const size = await upload(this.#files, path, body);
    return { uri: uriOf(path), size };
  }
}

export function isFileUri(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(`${SCHEME}/`);
}

export function uriOf(path: string): string {
  return `${SCHEME}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The path that a URI names; undefined when it is malformed or tries to leave its directory. */
export function pathOf(uri: string): string | undefined {
  if (!isFileUri(uri)) return undefined;
  try {
    const parts = uri
      .slice(SCHEME.length + 1)
      .split('/')
      .map(decodeURIComponent);
    return parts.every(isPlainName) ? parts.join('/') : undefined;
  } catch {
    return undefined;
  }
}

/** The execution that a path belongs to. */
export function executionOf(path: string): string | undefined {
  const parts = path.split('/');
  // `<flow>/executions/<id>/…`, with at least one part of a namespace before; a namespace may hold the word itself.
  const at = parts.findIndex(
    (part, n) => n >= 2 && part === 'executions' && /^[A-Z][0-9A-Za-z]{21}$/.test(parts[n + 1] ?? ''),
  );
  return at === -1 ? undefined : parts[at + 1];
}

export function namespacePath(namespace: string): string {
  return namespace.replaceAll('.', '/');
}

export function slug(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Stores a body of any length; answers its size. Bodies of one part are stored with their SHA-256. */
export async function upload(files: TenantFiles, path: string, body: FileBody): Promise<number> {
  if (!(body instanceof ReadableStream)) return putWhole(files, path, toBytes(body));
  const parts = partsOf(body);
  const first = (await parts.next()).value ?? new Uint8Array();
  if (first.byteLength < UPLOAD_PART_BYTES) return putWhole(files, path, first);
  const upload = await files.createMultipartUpload(path);
  try {
    const done: R2UploadedPart[] = [await upload.uploadPart(1, first)];
    let size = first.byteLength;
    for await (const part of parts) {
      done.push(await upload.uploadPart(done.length + 1, part));
      size += part.byteLength;
    }
    await upload.complete(done);
    return size;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

async function putWhole(files: TenantFiles, path: string, bytes: Uint8Array): Promise<number> {
  await files.put(path, bytes, { sha256: await crypto.subtle.digest('SHA-256', bytes) });
  return bytes.byteLength;
}

/** The stream cut into parts of equal length, the last one shorter, as R2 wants them. */
async function* partsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (let bytes of body) {
    while (bytes.byteLength > 0) {
      const taken = bytes.subarray(0, UPLOAD_PART_BYTES - length);
      held.push(taken);
      length += taken.byteLength;
      bytes = bytes.subarray(taken.byteLength);
      if (length < UPLOAD_PART_BYTES) continue;
      yield joined(held, length);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield joined(held, length);
  return undefined;
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function directoryOf({ namespace, flowId, executionId }: ExecutionPlace): string {
  return `${namespacePath(namespace)}/${slug(flowId)}/executions/${executionId}`;
}

function cachePath({ namespace, flowId }: ExecutionPlace, taskId: string): string {
  return `${namespacePath(namespace)}/${slug(flowId)}/${slug(taskId)}/cache/cache.tar.gz`;
}

/** A file's name may hold directories (output files keep their tree), never a way out of them. */
function fileName(name: string): string {
  const parts = name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || !parts.every(isPlainName)) {
    throw new AppError(
      'invalid_parameter',
      `"${name}" is no name for a file: it is empty or leads out of its directory.`,
    );
  }
  return parts.join('/');
}

function isPlainName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/\\\0]/.test(part);
}

function missing(uri: string): AppError {
  return new AppError('not_found', `There is no file ${uri}.`);
}

function notReadable(uri: string): AppError {
  return new AppError('invalid_parameter', `Unable to read the file ${uri}: it does not belong to this execution.`);
}
