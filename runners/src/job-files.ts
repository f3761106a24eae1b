/** The files of a job, between the server and its workspace. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { RUNNER_OUTPUT_FILES_MAX } from '../../worker/src/limits.ts';
import { placeDirectories } from '../../worker/src/protocol/job.ts';
import type { JobSpec } from '../../worker/src/protocol/job.ts';
import { SHA256_HEADER, StoredFile } from '../../worker/src/protocol/runner.ts';
import type { ClaimedJob } from '../../worker/src/protocol/runner.ts';
import { anywhere, matcher } from './globs.ts';
import { isUri, urisIn } from './job-program.ts';
import { persist } from './retry.ts';
import { parseAnswer, ServerError } from './server.ts';
import type { Server } from './server.ts';
import type { FoundFile, Workspace } from './workspace.ts';

/** Files are large: an up- or download may take this long. */
const TRANSFER_MS = 30 * 60_000;

const NamespaceFiles = z.object({ files: z.array(z.object({ path: z.string(), uri: z.string() })) });

export class JobFiles {
  readonly #server: Server;
  readonly #job: ClaimedJob;
  readonly #workspace: Workspace;
  readonly #stop: AbortSignal;

  constructor(server: Server, job: ClaimedJob, workspace: Workspace, stop: AbortSignal) {
    this.#server = server;
    this.#job = job;
    this.#workspace = workspace;
    this.#stop = stop;
  }

  /** Puts everything in its place that the job reads; answers the paths of the files that it names by URI. */
  async prepare(spec: JobSpec): Promise<Map<string, string>> {
    if (spec.namespaceFiles?.enabled === true) await this.#placeNamespaceFiles(spec.namespaceFiles);
    for (const [path, content] of Object.entries(spec.inputFiles)) {
      const place = await this.#workspace.placeFor(path);
      if (isUri(content)) await this.#download(content, place);
      else await writeFile(place, placeDirectories(content, this.#workspace));
    }
    const paths = new Map<string, string>();
    for (const uri of urisIn(spec)) {
      const place = await this.#workspace.placeForDownload(
        paths.size,
        decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)),
      );
      await this.#download(uri, place);
      paths.set(uri, place);
    }
    return paths;
  }

  /** Stores what the job gives back: name -> URI. */
  async collect(spec: JobSpec): Promise<Record<string, string>> {
    const files = [...(await this.#workspace.find(spec.outputFiles)), ...(await this.#workspace.outputDirFiles())];
    if (files.length > RUNNER_OUTPUT_FILES_MAX) {
      throw new Error(`the task gives back ${files.length} files; at most ${RUNNER_OUTPUT_FILES_MAX} are kept`);
    }
    const uris = new Map<string, string>();
    for (const file of files) uris.set(file.name, (await this.#upload(file)).uri);
    return Object.fromEntries(uris);
  }

  /** False when there is no cache, or none that is young enough. */
  async downloadCache(path: string, ageMsMax?: number): Promise<boolean> {
    const { token, query: fence, signal } = this.#request();
    const query: Record<string, number> = ageMsMax === undefined ? fence : { ...fence, ageMsMax };
    const request = { token, query, signal, timeoutMs: TRANSFER_MS };
    return persist(async () => {
      const answer = await this.#server.send('GET', `runs/${this.#job.jobId}/cache`, request);
      if (answer.status === 204) return false;
      await save(answer, path);
      return true;
    }, this.#stop);
  }

  async uploadCache(body: Blob): Promise<void> {
    const request = { ...this.#request(), body, contentType: 'application/gzip', timeoutMs: TRANSFER_MS };
    await persist(() => this.#server.send('PUT', `runs/${this.#job.jobId}/cache`, request), this.#stop);
  }

  async #placeNamespaceFiles({ include, exclude }: NonNullable<JobSpec['namespaceFiles']>): Promise<void> {
    const response = await persist(
      () => this.#server.send('GET', `runs/${this.#job.jobId}/namespace-files`, this.#request()),
      this.#stop,
    );
    const isIncluded = matcher(include.length === 0 ? ['**'] : include.map(anywhere));
    const isExcluded = matcher(exclude.map(anywhere));
    for (const { path, uri } of (await parseAnswer(response, NamespaceFiles)).files) {
      if (isIncluded(path) && !isExcluded(path)) await this.#download(uri, await this.#workspace.placeFor(path));
    }
  }

  async #download(uri: string, path: string): Promise<void> {
    const request = { ...this.#request(), timeoutMs: TRANSFER_MS };
    await persist(async () => {
      const query = { ...request.query, uri };
      await save(await this.#server.send('GET', `runs/${this.#job.jobId}/files`, { ...request, query }), path);
    }, this.#stop);
  }

  async #upload({ name, path }: FoundFile): Promise<StoredFile> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const place = `runs/${this.#job.jobId}/files/${name.split('/').map(encodeURIComponent).join('/')}`;
    const headers = { [SHA256_HEADER]: hash.digest('hex') };
    // A Blob is read from the disk while it is sent, and can be sent again.
    const body = await openAsBlob(path);
    const request = {
      ...this.#request(),
      body,
      headers,
      contentType: 'application/octet-stream',
      timeoutMs: TRANSFER_MS,
    };
    return persist(async () => parseAnswer(await this.#server.send('PUT', place, request), StoredFile), this.#stop);
  }

  #request() {
    return { token: this.#job.token, query: { fence: this.#job.fence }, signal: this.#stop };
  }
}

async function save({ url, body }: Response, path: string): Promise<void> {
  try {
    await pipeline(Readable.from(body ?? []), createWriteStream(path));
  } catch (error) {
    throw new ServerError(0, 'interrupted', `the download of ${url} was interrupted`, error);
  }
}
