/** The logs of one execution as they are written. */
import { parseJson } from '../../../../worker/src/protocol/json.ts';
import { followLogsUrl, getLogs, type LogEntry } from '../api/logs.ts';
import { openEventStream, type OpenStream } from './event-stream.ts';
import { LogBuffer } from './log-buffer.ts';

export interface LogSource {
  get(): Promise<LogEntry[]>;
  followUrl: string;
  open: OpenStream;
}

export function logSource(tenant: string, executionId: string): LogSource {
  return {
    get: () => getLogs(tenant, executionId),
    followUrl: followLogsUrl(tenant, executionId),
    open: openEventStream,
  };
}

export class LogFeed {
  error = $state.raw<unknown>();
  #version = $state(0);
  readonly #buffer = new LogBuffer();
  readonly #source: LogSource;
  #close: (() => void) | undefined;
  #announced = false;

  constructor(source: LogSource) {
    this.#source = source;
  }

  /** A new list for every change, so that whatever is derived from it is derived again. */
  readonly entries: readonly LogEntry[] = $derived.by(() => {
    void this.#version;
    return [...this.#buffer.entries];
  });

  /** Subscribes before it reads, so that nothing falls between the two. */
  async start(follow: boolean): Promise<void> {
    this.stop();
    if (follow) {
      this.#close = this.#source.open(this.#source.followUrl, {
        onmessage: (id, data) => this.#receive(id, data),
        onlost: () => this.stop(),
      });
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    try {
      this.#buffer.addHistory(await this.#source.get());
      this.error = undefined;
      this.#announce();
    } catch (error) {
      this.error = error;
    }
  }

  stop(): void {
    this.#close?.();
    this.#close = undefined;
  }

  #receive(id: string, data: string): void {
    if (id === 'start') this.#buffer.liveRestarted();
    const entry = parseJson(data) as unknown as LogEntry;
    if (id !== 'start' && entry.message !== undefined) this.#buffer.addLive(entry);
    if (id === 'end') this.stop();
    this.#announce();
  }

  /** A burst of entries is drawn once. */
  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      this.#version++;
    });
  }
}
