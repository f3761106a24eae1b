/** The files that people and flows keep in a namespace: a tree below `_files`, in the tenant's part of the bucket. */
import { AppError } from './errors.ts';
import { namespacePath, upload, uriOf } from './storage.ts';
import type { FileBody } from './storage.ts';
import type { TenantFiles } from './tenant-files.ts';

export class NamespaceTree {
  readonly #files: TenantFiles;

  constructor(files: TenantFiles) {
    this.#files = files;
  }

  async list(namespace: string): Promise<string[]> {
    const root = rootOf(namespace);
    const paths: string[] = [];
    for await (const { path } of this.#files.list(root)) paths.push(`/${path.slice(root.length)}`);
    return paths;
  }

  async get(namespace: string, path: string): Promise<{ body: ReadableStream<Uint8Array>; size: number } | undefined> {
    const file = await this.#files.get(rootOf(namespace) + plainPath(path));
    return file !== null && 'body' in file ? { body: file.body, size: file.size } : undefined;
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
}

function rootOf(namespace: string): string {
  return `${namespacePath(namespace)}/_files/`;
}

function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.some((part) => part === '..' || /[\\\0]/.test(part))) {
    throw new AppError('invalid_parameter', `"${path}" is no path of a namespace file.`);
  }
  return parts.join('/');
}
