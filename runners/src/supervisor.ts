/** The runner at work: asks for jobs while it has free slots, runs them, drains when it is told to.
 *
 *   S1. A job that was claimed is finished or given back, whatever else happens.
 *   S2. No more jobs run at once than there are slots. */
import { randomUUID } from 'node:crypto';
import { RUNNER_POLL_MS_MAX } from '../../worker/src/limits.ts';
import type { ChannelMessage, ClaimedJob } from '../../worker/src/protocol/runner.ts';
import { Attempt } from './attempt.ts';
import type { AttemptOptions } from './attempt.ts';
import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import { log } from './log.ts';
import { backoffMs, pause, persist } from './retry.ts';
import { ServerError } from './server.ts';

export type Transport = 'auto' | 'ws' | 'poll';

export interface SupervisorOptions {
  slots: number;
  transport: Transport;
  /** End after this many jobs. */
  jobsMax?: number;
  /** End after this time without a job. */
  idleMs?: number;
  attempt: Omit<AttemptOptions, 'server' | 'times' | 'onDrain'>;
}

interface TakenJob {
  ended: Promise<void>;
  /** Undefined when it could not be claimed. */
  begun: Promise<Attempt | undefined>;
  /** Not in the directory of another job. */
  needsSlot: boolean;
}

/** How often a runner asks by itself although its channel is open: a wake-up may have been lost. */
const SAFETY_POLL_MS = 20_000;
/** A claim whose answer does not come is asked for again this long; then the offer is somebody else's. */
const CLAIM_MS = 10_000;
/** Longer than any request for work is held open. */
const HELD_POLL_MS = 2 * RUNNER_POLL_MS_MAX;

export class Supervisor {
  readonly #connection: Connection;
  readonly #options: SupervisorOptions;
  readonly #attempts = new Map<string, Attempt>();
  readonly #jobs = new Map<string, TakenJob>();
  readonly #closing = new AbortController();
  /** Ends requests for work that are held open. */
  #asking = new AbortController();
  #isDraining = false;
  #isStopping = false;
  #wake: () => void = () => undefined;
  /** Jobs taken in all; those whose claim failed do not count. */
  #taken = 0;
  #lastBusyAt = Date.now();

  constructor(connection: Connection, options: SupervisorOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Settles when it has drained. Throws when the server wants nothing to do with this runner any more. */
  async run(): Promise<void> {
    const channel = new Channel(this.#connection, (message) => this.#onMessage(message));
    const channelEnd = this.#options.transport === 'poll' ? Promise.resolve() : channel.keep(this.#closing.signal);
    try {
      await this.#askForWork(channel);
      this.#asking.abort();
      await this.#sayThatWeDrain();
      await this.#allEnded();
      await this.#connection.sayGoodbye().catch(() => undefined);
    } finally {
      this.stopJobs();
      await this.#allEnded();
      this.#closing.abort();
      await channelEnd;
    }
  }

  /** Takes nothing new; `run` settles when the last job is over. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    log('info', this.#jobs.size === 0 ? 'stopping' : `draining: ${this.#jobs.size} jobs still run`);
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#wake();
  }

  /** Ends the jobs and gives them back. */
  stopJobs(): void {
    this.#isStopping = true;
    for (const attempt of this.#attempts.values()) attempt.stop('shutdown');
  }

  async #askForWork(channel: Channel): Promise<void> {
    let tries = 0;
    // The tasks of a directory that is kept here have nowhere else to go.
    while (!this.#isDraining || this.#keepsWorkspaces()) {
      this.#drainWhenDone();
      if (this.#isDraining && !this.#keepsWorkspaces()) return;
      const slots = this.#isDraining ? 0 : Math.max(0, this.#freeSlots());
      const asks = slots > 0 || this.#keepsWorkspaces();
      const usesChannel = channel.isOpen || this.#options.transport === 'ws';
      // Set before asking: what wakes us while the answer is on its way counts.
      const wakened = this.#wakened(usesChannel || !asks ? this.#restMs() : HELD_POLL_MS);
      if (asks) {
        // A wake-up asks again without ending this request: its answer may hold offers already.
        const asked = this.#poll(slots, usesChannel ? 0 : this.#holdMs());
        const { signal } = this.#asking;
        const failure = await Promise.race([asked.then(() => null, toError), wakened]);
        if (failure instanceof Error) {
          if (signal.aborted) continue;
          this.#throwIfFinal(failure);
          log('warn', `${failure.message}; trying again`);
          await pause(backoffMs(tries++), signal);
          continue;
        }
        tries = 0;
        if (!usesChannel) continue;
      }
      await wakened;
    }
  }

  async #poll(slots: number, waitMs: number): Promise<void> {
    const request = { slots, waitMs, draining: this.#isDraining };
    const answer = await this.#connection.poll(request, this.#asking.signal);
    for (const { jobId, reason } of answer?.cancels ?? []) this.#attempts.get(jobId)?.stop(reason);
    for (const { jobId, end } of answer?.closes ?? []) this.#attempts.get(jobId)?.close(end);
    if (answer?.drain === true) this.drain();
    for (const { jobId, workspace } of answer?.offers ?? []) {
      const fits = workspace !== undefined || (!this.#isDraining && this.#freeSlots() > 0);
      if (fits && !this.#jobs.has(jobId)) this.#start(jobId, workspace === undefined);
    }
    // There may be more where these came from.
    if (answer !== null && this.#freeSlots() > 0) this.#wake();
  }

  #freeSlots(): number {
    const { slots, jobsMax = Infinity } = this.#options;
    const busy = [...this.#jobs.values()].filter(({ needsSlot }) => needsSlot).length;
    return Math.min(slots - busy, jobsMax - this.#taken);
  }

  #keepsWorkspaces(): boolean {
    // One that is being claimed may be such a job.
    const isStarting = this.#jobs.size > this.#attempts.size;
    return isStarting || [...this.#attempts.values()].some(({ job }) => job.spec.work.kind === 'workspace');
  }

  async #allEnded(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }

  #start(jobId: string, needsSlot: boolean): void {
    if (needsSlot) this.#taken++;
    const begun = Promise.withResolvers<Attempt | undefined>();
    const ended = this.#runJob(jobId, needsSlot, begun.resolve).finally(() => {
      begun.resolve(undefined);
      this.#jobs.delete(jobId);
      this.#attempts.delete(jobId);
      this.#lastBusyAt = Date.now();
      this.#wake();
    });
    this.#jobs.set(jobId, { ended, begun: begun.promise, needsSlot });
  }

  /** Never throws: what goes wrong with one job is that job's affair. */
  async #runJob(jobId: string, needsSlot: boolean, begin: (attempt: Attempt) => void): Promise<void> {
    const start = Date.now();
    const attemptId = randomUUID();
    let job: ClaimedJob;
    try {
      job = await persist(() => this.#connection.claim(jobId, attemptId), AbortSignal.timeout(CLAIM_MS));
    } catch (error) {
      if (needsSlot) this.#taken--;
      return log('warn', `job ${jobId} was not claimed: ${toError(error).message}`);
    }
    const name = `${job.namespace}.${job.flowId} ${job.executionId} ${job.taskId} #${job.attempt}`;
    log('info', `${name}: started`);
    const { server, times } = this.#connection;
    // The job that keeps the directory may be known to the server only, its claim still on the way back.
    const keeper = job.workspace === undefined ? undefined : await this.#jobs.get(job.workspace)?.begun;
    const attempt = new Attempt(job, {
      ...this.#options.attempt,
      server,
      times,
      shared: keeper?.kept,
      onDrain: () => this.drain(),
    });
    this.#attempts.set(jobId, attempt);
    begin(attempt);
    if (this.#isStopping) attempt.stop('shutdown');
    const ending = await attempt.run();
    log('info', `${name}: ${ending} (${Date.now() - start} ms)`);
  }

  #onMessage(message: ChannelMessage): void {
    switch (message.type) {
      case 'wake':
        return this.#wake();
      case 'cancel':
        return this.#attempts.get(message.jobId)?.stop(message.reason);
      case 'close':
        return this.#attempts.get(message.jobId)?.close(message.end);
      case 'drain':
        return this.drain();
    }
  }

  /** Settles at the next wake-up, or after a time. */
  #wakened(ms: number): Promise<void> {
    // One timer at a time: a forgotten one would keep this program alive.
    this.#wake();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #restMs(): number {
    return this.#options.idleMs === undefined ? SAFETY_POLL_MS : Math.min(SAFETY_POLL_MS, this.#options.idleMs);
  }

  #holdMs(): number {
    return Math.min(RUNNER_POLL_MS_MAX, this.#restMs());
  }

  #drainWhenDone(): void {
    const { jobsMax, idleMs } = this.#options;
    if (jobsMax !== undefined && this.#taken >= jobsMax && this.#jobs.size === 0) this.drain();
    if (idleMs !== undefined && this.#jobs.size === 0 && Date.now() - this.#lastBusyAt >= idleMs) this.drain();
  }

  async #sayThatWeDrain(): Promise<void> {
    if (this.#jobs.size === 0) return;
    await this.#connection.poll({ slots: 0, waitMs: 0, draining: true }, this.#closing.signal).catch(() => null);
  }

  #throwIfFinal(error: Error): void {
    if (!(error instanceof ServerError)) throw error;
    if (error.status === 404) throw new ServerError(404, error.code, `${error.message} Enrol this runner again.`);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
