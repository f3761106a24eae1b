/** The files that people and flows keep in a namespace: a tree below `_files`, in the tenant's part of the bucket.
 *   N1. A path never leads out of its namespace, and never to a name that begins with `_`: those are the server's.
 *   N2. A folder is there because a file is in it, or because its mark is: an empty object whose name ends in `/`. */
import { AppError } from './errors.ts';
import { NAMESPACE_FILE_PATH_BYTES_MAX } from './limits.ts';
import { executionOf, isFileUri, namespacePath, pathOf, upload, uriOf } from './storage.ts';
import type { FileBody } from './storage.ts';
import type { FileContent, TenantFile, TenantFiles } from './tenant-files.ts';

export interface FileAttributes {
  fileName: string;
  type: 'File' | 'Directory';
  size: number;
  creationTime: number;
  lastModifiedTime: number;
}

export interface NamespaceFile {
  path: string;
  /** Follows from the content. */
  etag: string;
}

export class NamespaceTree {
  readonly #files: TenantFiles;

  constructor(files: TenantFiles) {
    this.#files = files;
  }

  /** Paths of the files, folders left out. */
  async list(namespace: string): Promise<string[]> {
    const paths: string[] = [];
    for await (const { path } of this.#below(namespace, '')) if (!isMark(path)) paths.push(`/${path}`);
    return paths;
  }

  /** The files of a folder and of those inside it, each with its version. */
  async *files(namespace: string, folder = '/'): AsyncGenerator<NamespaceFile> {
    const plain = folderPath(folder);
    for await (const { path, etag } of this.#below(namespace, plain === '' ? '' : `${plain}/`)) {
      if (!isMark(path)) yield { path: `/${path}`, etag };
    }
  }

  async etag(namespace: string, path: string): Promise<string | undefined> {
    return (await this.#files.head(rootOf(namespace) + plainPath(path)))?.etag;
  }

  get(namespace: string, path: string, range?: R2Range): Promise<FileContent | undefined> {
    return this.#files.read(rootOf(namespace) + plainPath(path), range);
  }

  async size(namespace: string, path: string): Promise<number | undefined> {
    return (await this.#files.head(rootOf(namespace) + plainPath(path)))?.size;
  }

  async put(namespace: string, path: string, body: FileBody): Promise<{ uri: string }> {
    const key = rootOf(namespace) + plainPath(path);
    await upload(this.#files, key, body);
    return { uri: uriOf(key) };
  }

  async delete(namespace: string, path: string): Promise<boolean> {
    const key = rootOf(namespace) + plainPath(path);
    if ((await this.#files.head(key)) === null) return false;
    await this.#files.delete(key);
    return true;
  }

  uri(namespace: string, path: string): string {
    return uriOf(rootOf(namespace) + plainPath(path));
  }

  /** What is at the path; the root is always there. */
  async stat(namespace: string, path: string): Promise<FileAttributes | undefined> {
    const plain = folderPath(path);
    if (plain === '') return folderOf('/', await collect(this.#below(namespace, '')));
    const file = await this.#files.head(rootOf(namespace) + plain);
    if (file !== null)
      return fileOf({ path: plain, size: file.size, uploadedAt: file.uploaded.getTime(), etag: file.etag });
    const inside = await collect(this.#below(namespace, `${plain}/`));
    return inside.length === 0 ? undefined : folderOf(nameOf(plain), inside);
  }

  /** What is in a folder, folders first; undefined when there is no such folder. */
  async children(namespace: string, folder: string): Promise<FileAttributes[] | undefined> {
    const plain = folderPath(folder);
    const prefix = plain === '' ? '' : `${plain}/`;
    const files: FileAttributes[] = [];
    const folders = new Map<string, TenantFile[]>();
    let isThere = plain === '';
    for await (const file of this.#below(namespace, prefix)) {
      isThere = true;
      const [name = '', ...rest] = file.path.slice(prefix.length).split('/');
      if (name === '') continue;
      if (rest.length === 0) files.push(fileOf(file));
      else folders.set(name, [...(folders.get(name) ?? []), file]);
    }
    return isThere ? [...Array.from(folders, ([name, inside]) => folderOf(name, inside)), ...files] : undefined;
  }

  async makeFolder(namespace: string, path: string): Promise<void> {
    await this.#files.put(`${rootOf(namespace)}${plainPath(path)}/`, '');
  }

  /** A file, or a folder with all that is in it. False when there is neither. */
  async deleteAll(namespace: string, path: string): Promise<boolean> {
    const all = await this.#allAt(namespace, path);
    if (all.length > 0) await this.#files.delete(all.map((file) => rootOf(namespace) + file));
    return all.length > 0;
  }

  /** A file, or a folder with all that is in it. Everything is there twice for a moment, nothing ever not at all. */
  async move(namespace: string, from: string, to: string): Promise<boolean> {
    const [source, target] = [plainPath(from), plainPath(to)];
    const all = await this.#allAt(namespace, source);
    if (all.length === 0) return false;
    if (`${target}/`.startsWith(`${source}/`)) {
      throw new AppError('invalid_parameter', `"${from}" cannot be moved into itself.`);
    }
    if ((await this.#allAt(namespace, target)).length > 0) {
      throw new AppError('conflict', `"${to}" exists already; delete it first.`);
    }
    const root = rootOf(namespace);
    for (const path of all) await this.#files.copy(root + path, root + target + path.slice(source.length));
    await this.#files.delete(all.map((path) => root + path));
    return true;
  }

  async #allAt(namespace: string, path: string): Promise<string[]> {
    const plain = plainPath(path);
    const isFile = (await this.#files.head(rootOf(namespace) + plain)) !== null;
    const inside = await collect(this.#below(namespace, `${plain}/`));
    return [...(isFile ? [plain] : []), ...inside.map((file) => file.path)];
  }

  /** Files and marks of folders, by their paths in the namespace. */
  async *#below(namespace: string, folder: string): AsyncGenerator<TenantFile> {
    const root = rootOf(namespace);
    for await (const file of this.#files.list(root + folder)) {
      const path = file.path.slice(root.length);
      // What begins with `_` belongs to a namespace of that name, or to nobody.
      if (!path.startsWith('_')) yield { ...file, path };
    }
  }
}

/** The namespace file that a text names: a path in `own`, `nsfile:///path`, `nsfile://other.namespace/path`, or the URI that
 *  one has in the storage. Undefined for a URI of anything else. */
export function namespaceFileOf(text: string, own: string): { namespace: string; path: string } | undefined {
  const [, namespace, named] = /^nsfile:\/\/([^/]*)\/(.*)$/s.exec(text) ?? [];
  if (named !== undefined) return { namespace: namespace || own, path: named };
  if (!isFileUri(text)) return { namespace: own, path: text };
  const parts = pathOf(text)?.split('/') ?? [];
  const at = parts.indexOf('_files');
  // A flow has executions, a namespace has files: whichever comes first says what it is.
  if (at < 1 || executionOf(parts.slice(0, at).join('/')) !== undefined) return undefined;
  return { namespace: parts.slice(0, at).join('.'), path: parts.slice(at + 1).join('/') };
}

function rootOf(namespace: string): string {
  return `${namespacePath(namespace)}/_files/`;
}

/** The path without empty parts; throws when it is no path of a file. */
function plainPath(path: string): string {
  const plain = folderPath(path);
  if (plain === '') throw new AppError('invalid_parameter', 'The path is empty; it must name a file of the namespace.');
  return plain;
}

/** The same, where an empty one means the root. */
function folderPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.some((part) => part === '..' || /[\\\p{Cc}]/u.test(part))) {
    throw new AppError(
      'invalid_parameter',
      `${JSON.stringify(path)} is no path of a namespace file: it must not hold "..", "\\" or control characters.`,
    );
  }
  if (parts[0]?.startsWith('_')) {
    throw new AppError(
      'invalid_parameter',
      `"${path}" is no path of a namespace file: names that begin with "_" are reserved at the top.`,
    );
  }
  const plain = parts.join('/');
  if (new TextEncoder().encode(plain).byteLength > NAMESPACE_FILE_PATH_BYTES_MAX) {
    throw new AppError('invalid_parameter', `A path has at most ${NAMESPACE_FILE_PATH_BYTES_MAX} bytes.`);
  }
  return plain;
}

function isMark(path: string): boolean {
  return path.endsWith('/');
}

function fileOf({ path, size, uploadedAt }: TenantFile): FileAttributes {
  return { fileName: nameOf(path), type: 'File', size, creationTime: uploadedAt, lastModifiedTime: uploadedAt };
}

/** A folder is as old as the oldest thing in it, and changed when the newest was. */
function folderOf(fileName: string, inside: TenantFile[]): FileAttributes {
  const times = inside.map(({ uploadedAt }) => uploadedAt).toSorted((a, b) => a - b);
  return {
    fileName,
    type: 'Directory',
    size: 0,
    creationTime: times.at(0) ?? 0,
    lastModifiedTime: times.at(-1) ?? 0,
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
