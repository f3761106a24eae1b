/** A tenant's part of the bucket: every key is below its prefix, on the way in and on the way out. */
export class TenantFiles {
  readonly #bucket: R2Bucket;
  readonly #prefix: string;

  constructor(bucket: R2Bucket, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  get(path: string, options?: R2GetOptions): Promise<R2ObjectBody | R2Object | null> {
    return this.#bucket.get(this.#prefix + path, options);
  }

  /** The content, or the asked part of it; of a part that is not there, all of it. */
  async read(path: string, range?: R2Range): Promise<FileContent | undefined> {
    if (range === undefined) return content(await this.get(path));
    const size = (await this.head(path))?.size;
    if (size === undefined) return undefined;
    const part = partOf(range, size);
    return part === undefined ? content(await this.get(path)) : content(await this.get(path, { range: part }), part);
  }

  head(path: string): Promise<R2Object | null> {
    return this.#bucket.head(this.#prefix + path);
  }

  put(
    path: string,
    body: ReadableStream | ArrayBuffer | ArrayBufferView | string | Blob | null,
    options?: R2PutOptions,
  ): Promise<R2Object> {
    return this.#bucket.put(this.#prefix + path, body, options);
  }

  /** The bucket has no copy of its own: the bytes come and go. */
  async copy(from: string, to: string): Promise<void> {
    const file = await this.get(from);
    if (file === null || !('body' in file)) return;
    const { sha256 } = file.checksums;
    await this.put(to, file.body, sha256 && { sha256 });
  }

  /** Uploads of more than a Worker can hold in memory, whose length is not known beforehand. */
  createMultipartUpload(path: string, options?: R2MultipartOptions): Promise<R2MultipartUpload> {
    return this.#bucket.createMultipartUpload(this.#prefix + path, options);
  }

  async delete(paths: string | string[]): Promise<void> {
    const keys = [paths].flat().map((path) => this.#prefix + path);
    for (let start = 0; start < keys.length; start += DELETED_AT_ONCE_MAX) {
      await this.#bucket.delete(keys.slice(start, start + DELETED_AT_ONCE_MAX));
    }
  }

  /** Files below `directory`, in the order of their names. */
  async *list(directory = ''): AsyncGenerator<TenantFile> {
    let cursor: string | undefined;
    do {
      const page = await this.#bucket.list({ prefix: this.#prefix + directory, cursor });
      for (const { key, size, uploaded, etag } of page.objects) {
        yield { path: key.slice(this.#prefix.length), size, uploadedAt: uploaded.getTime(), etag };
      }
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }
}

export interface FileContent {
  body: ReadableStream<Uint8Array>;
  /** Of the whole file, also when `body` is a part of it. */
  size: number;
  part?: FilePart;
}

export interface FilePart {
  offset: number;
  length: number;
}

function content(file: R2ObjectBody | R2Object | null, part?: FilePart): FileContent | undefined {
  if (file === null || !('body' in file)) return undefined;
  return { body: file.body, size: file.size, ...(part && { part }) };
}

/** The range inside of the file; undefined when the two have nothing in common. */
function partOf(range: R2Range, size: number): FilePart | undefined {
  const offset = 'suffix' in range ? Math.max(0, size - range.suffix) : (range.offset ?? 0);
  const length = Math.min(size - offset, 'suffix' in range ? range.suffix : (range.length ?? size));
  return length > 0 ? { offset, length } : undefined;
}

export interface TenantFile {
  path: string;
  size: number;
  uploadedAt: number;
  /** Follows from the content. */
  etag: string;
}

/** The platform's bound for one delete. */
const DELETED_AT_ONCE_MAX = 1000;
