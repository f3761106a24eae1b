/** One execution as it happens. It is read once, then followed until it has ended; where a stream cannot be held open it is
 *  read again every other second. */
import { parseJson } from '../../../../worker/src/protocol/json.ts';
import { isTerminalState } from '../../../../worker/src/protocol/states.ts';
import { followUrl, getExecution, type ExecutionView } from '../api/executions.ts';
import { openEventStream, type OpenStream } from './event-stream.ts';

const POLL_MS = 2000;

export interface ExecutionSource {
  get(): Promise<ExecutionView>;
  followUrl: string;
  open: OpenStream;
}

export function executionSource(tenant: string, id: string): ExecutionSource {
  return { get: () => getExecution(tenant, id), followUrl: followUrl(tenant, id), open: openEventStream };
}

export class ExecutionFeed {
  execution = $state.raw<ExecutionView>();
  error = $state.raw<unknown>();
  readonly isOver = $derived(this.execution !== undefined && isTerminalState(this.execution.state.current));
  readonly #source: ExecutionSource;
  #close: (() => void) | undefined;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #waiting: string | undefined;

  constructor(source: ExecutionSource) {
    this.#source = source;
  }

  /** Begins, or begins again after an action that reopened the execution. */
  async start(): Promise<void> {
    this.stop();
    await this.refresh();
    if (this.execution && !this.isOver) this.#follow();
  }

  stop(): void {
    this.#close?.();
    this.#close = undefined;
    clearTimeout(this.#poll);
  }

  async refresh(): Promise<void> {
    try {
      this.#take(await this.#source.get());
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  #follow(): void {
    this.#close = this.#source.open(this.#source.followUrl, {
      onmessage: (id, data) => {
        this.#receive(data);
        if (id !== 'end') return;
        this.stop();
        void this.refresh(); // the last word, with everything in it
      },
      onlost: () => {
        this.stop();
        this.#pollOn();
      },
    });
  }

  /** Messages may come faster than a large execution can be drawn: of those that arrive together only the last counts. */
  #receive(data: string): void {
    const isFirst = this.#waiting === undefined;
    this.#waiting = data;
    if (!isFirst) return;
    queueMicrotask(() => {
      const text = this.#waiting;
      this.#waiting = undefined;
      if (text !== undefined) this.#take(parseJson(text) as unknown as ExecutionView);
    });
  }

  #take(execution: ExecutionView): void {
    // A stream may leave the task runs out; those that are known stay.
    const taskRunList = execution.taskRunList ?? this.execution?.taskRunList;
    this.execution = { ...execution, taskRunList };
  }

  #pollOn(): void {
    this.#poll = setTimeout(async () => {
      await this.refresh();
      if (!this.isOver) this.#pollOn();
    }, POLL_MS);
  }
}
