/** Sends a job's log entries in batches. Entries are numbered, so that a batch that is sent twice is stored once; while the
 *  server cannot be reached they wait here, at most as many as an attempt may send in all.
 *
 *   L1. Entries leave in order; a batch is forgotten when the server has acknowledged it. */
import {
  LOG_MESSAGE_CHARS_MAX,
  RUNNER_LOG_BATCH_BYTES,
  RUNNER_LOG_BYTES_MAX,
  RUNNER_LOG_DELAY_MS,
} from '../../worker/src/limits.ts';
import type { RunnerLogEntry } from '../../worker/src/protocol/runner.ts';
import type { LogLevel } from '../../worker/src/protocol/states.ts';

/** Sends one batch; settles when it is acknowledged or will never be. */
export type SendBatch = (firstSequence: number, ndjson: string) => Promise<void>;

export class LogShipper {
  readonly #send: SendBatch;
  readonly #now: () => number;
  #lines: string[] = [];
  #lineBytes = 0;
  #acceptedBytes = 0;
  #nextSequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(send: SendBatch, now: () => number = Date.now) {
    this.#send = send;
    this.#now = now;
  }

  /** Long messages become several entries. */
  add(level: LogLevel, message: string): void {
    for (let from = 0; from === 0 || from < message.length; from += LOG_MESSAGE_CHARS_MAX) {
      this.#add({ at: this.#now(), level, message: message.slice(from, from + LOG_MESSAGE_CHARS_MAX) });
    }
  }

  /** Sends what is left and waits until all is acknowledged. */
  async close(): Promise<void> {
    this.#flush();
    await this.#sending;
  }

  #add(entry: RunnerLogEntry): void {
    if (this.#acceptedBytes > RUNNER_LOG_BYTES_MAX) return;
    const line = JSON.stringify(entry);
    const bytes = Buffer.byteLength(line) + 1;
    this.#acceptedBytes += bytes;
    if (this.#lineBytes > 0 && this.#lineBytes + bytes > RUNNER_LOG_BATCH_BYTES) this.#flush();
    this.#lines.push(line);
    this.#lineBytes += bytes;
    if (this.#acceptedBytes > RUNNER_LOG_BYTES_MAX) {
      const message = `The log of this attempt ends here: it has more than ${RUNNER_LOG_BYTES_MAX / 1024 / 1024} MB.`;
      this.#lines.push(JSON.stringify({ at: this.#now(), level: 'WARN', message }));
    }
    if (this.#lineBytes >= RUNNER_LOG_BATCH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), RUNNER_LOG_DELAY_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const first = this.#nextSequence;
    const batch = this.#lines.join('\n');
    this.#nextSequence += this.#lines.length;
    this.#lines = [];
    this.#lineBytes = 0;
    this.#sending = this.#sending.then(() => this.#send(first, batch));
  }
}
