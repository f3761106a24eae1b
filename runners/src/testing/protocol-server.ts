/** A server that speaks the runner protocol on a free loopback port: jobs go in, what the runner did comes out. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import { JobSpec } from '../../../worker/src/protocol/job.ts';
import { SHA256_HEADER } from '../../../worker/src/protocol/runner.ts';
import type { CancelReason, CompleteJob, RunnerLogEntry, WorkspaceEnd } from '../../../worker/src/protocol/runner.ts';

export interface TestJob {
  jobId: string;
  spec: z.input<typeof JobSpec>;
  secrets?: string[];
  timeoutMs?: number;
  workspace?: string;
}

/** What became of a job. */
export interface Ended extends CompleteJob {
  logs: RunnerLogEntry[];
}

interface Running {
  job: TestJob;
  logs: RunnerLogEntry[];
  ended: PromiseWithResolvers<Ended>;
  cancel?: CancelReason;
  close?: WorkspaceEnd;
}

type Answer = [status: number, body?: unknown];

/** Long enough for a slow machine, short enough for a test: renewals every tenth of a second. */
const TIMES = { leaseMs: 1_000, renewMs: 100, selfKillMs: 1_000 };

const OFFER_MS = 1_000;

interface Offer {
  jobId: string;
  workspace?: string;
}

export class ProtocolServer {
  /** Stored files by URI, and what the runner stored. */
  readonly files = new Map<string, Buffer>();
  /** While true, every request for a job is refused: the lease is lost. */
  isFenced = false;
  /** While true, nothing is answered. */
  isSilent = false;
  /** The archive of cached files. */
  cache: Buffer | undefined;
  goodbyes = 0;
  readonly #server: Server;
  readonly #jobs = new Map<string, Running>();
  #offers: Offer[] = [];
  readonly #claimed = new Set<string>();
  #wake: () => void = () => undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(Buffer.isBuffer(body) ? body : body === undefined ? '' : JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<ProtocolServer> {
    const server = new ProtocolServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Offers a job; settles when the runner has completed it. */
  run(job: TestJob): Promise<Ended> {
    const ended = Promise.withResolvers<Ended>();
    this.#jobs.set(job.jobId, { job, logs: [], ended });
    const { jobId, workspace } = job;
    this.#offer({ jobId, ...(workspace !== undefined && { workspace }) });
    return ended.promise;
  }

  #offer(offer: Offer): void {
    this.#offers.push(offer);
    this.#wake();
  }

  /** A job in a directory goes to the runner that keeps it, once it does. */
  #placeOf({ workspace }: Offer): 'free' | 'inside' | 'early' {
    if (workspace === undefined) return 'free';
    return this.#claimed.has(workspace) || !this.#jobs.has(workspace) ? 'inside' : 'early';
  }

  /** An offer may go out as the answer to a request that its runner has given up: what nobody claims is offered again. */
  #offerAgainUnlessClaimed(offer: Offer): void {
    setTimeout(() => this.#claimed.has(offer.jobId) || this.#offer(offer), OFFER_MS).unref();
  }

  cancel(jobId: string, reason: CancelReason): void {
    this.#job(jobId).cancel = reason;
  }

  /** The tasks in the directory that the job keeps are over. */
  close(jobId: string, end: WorkspaceEnd): void {
    this.#job(jobId).close = end;
  }

  /** Settles when the job has logged this line. */
  async logged(jobId: string, message: string): Promise<void> {
    while (!this.#job(jobId).logs.some((entry) => entry.message === message))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  logsOf(jobId: string): RunnerLogEntry[] {
    return this.#job(jobId).logs;
  }

  #job(jobId: string): Running {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new Error(`no job ${jobId}`);
    return job;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const body = await buffer(request);
    if (this.isSilent) return new Promise(() => undefined);
    const [, , , , kind, id = '', verb = '', ...rest] = pathname.split('/');
    if (kind === 'runners') return this.#answerRunner(request.method ?? '', verb, body);
    if (this.isFenced && verb !== 'claim') return [409, { code: 'stale_fence', detail: 'another runner has the job' }];
    const name = `${request.method} ${verb}`;
    switch (name) {
      case 'POST claim': {
        const { job } = this.#job(id);
        this.#claimed.add(id);
        this.#wake();
        const about = {
          executionId: 'E',
          namespace: 'team',
          flowId: 'flow',
          taskId: 'task',
          taskRunId: 'run',
          attempt: 1,
        };
        const { spec, secrets = [], ...rest } = job;
        return [200, { ...about, ...rest, fence: 1, token: 'token', secrets, spec: JobSpec.parse(spec) }];
      }
      case 'POST heartbeat':
        return [200, { cancel: this.#job(id).cancel, close: this.#job(id).close, drain: false }];
      case 'POST logs': {
        const { logs } = this.#job(id);
        const entries = body
          .toString()
          .split('\n')
          .map((line) => JSON.parse(line) as RunnerLogEntry);
        const first = Number(searchParams.get('sequence'));
        if (first === logs.length) logs.push(...entries);
        return [200, { next: logs.length }];
      }
      case 'PUT files': {
        if (createHash('sha256').update(body).digest('hex') !== request.headers[SHA256_HEADER])
          return [422, { code: 'invalid_body' }];
        const uri = `kestra:///stored/${rest.map(decodeURIComponent).join('/')}`;
        this.files.set(uri, body);
        return [200, { uri, size: body.length }];
      }
      case 'GET files': {
        const file = this.files.get(searchParams.get('uri') ?? '');
        return file === undefined
          ? [404, { code: 'not_found', detail: `There is no file ${searchParams.get('uri')}.` }]
          : [200, file];
      }
      case 'GET cache':
        return this.cache === undefined ? [204] : [200, this.cache];
      case 'PUT cache':
        this.cache = body;
        return [204];
      case 'GET namespace-files':
        return [
          200,
          {
            files: [...this.files.keys()]
              .filter((uri) => uri.includes('/_files/'))
              .map((uri) => ({ uri, path: uri.split('/_files/')[1] })),
          },
        ];
      case 'POST complete': {
        const { ended, logs } = this.#job(id);
        ended.resolve({ ...(JSON.parse(body.toString()) as CompleteJob), logs });
        return [204];
      }
      default:
        return [404, { code: 'not_found', detail: name }];
    }
  }

  async #answerRunner(method: string, verb: string, body: Buffer): Promise<Answer> {
    switch (`${method} ${verb}`) {
      case 'POST challenge':
        return [200, { challenge: 'challenge' }];
      case 'POST session':
        return [200, { token: 'session', expiresInMs: 60_000, times: TIMES }];
      case 'DELETE session':
        this.goodbyes++;
        return [204];
      case 'POST poll': {
        const { slots, waitMs } = JSON.parse(body.toString()) as { slots: number; waitMs: number };
        if (this.#offers.length === 0 && waitMs > 0) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
            setTimeout(resolve, waitMs).unref();
          });
        }
        const { inside = [], free = [], early = [] } = Object.groupBy(this.#offers, (offer) => this.#placeOf(offer));
        const offers = [...inside, ...free.splice(0, slots)];
        this.#offers = [...free, ...early];
        for (const offer of offers) this.#offerAgainUnlessClaimed(offer);
        return offers.length === 0 ? [204] : [200, { offers, cancels: [], drain: false }];
      }
      default:
        return [404, { code: 'not_found' }];
    }
  }
}
