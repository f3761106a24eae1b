/** Edge tasks that this object has under way. They run in stateless Workers; the object only waits for their answers. */
import { RpcTarget } from 'cloudflare:workers';
import type { EdgeAnswer, EdgeCall, EdgeHost } from '../edge/edge-call.ts';
import { EDGE_TASKS_PER_OBJECT_MAX } from '../limits.ts';
import { parseJson } from '../protocol/json.ts';

/** The Worker's entrypoint for edge tasks. */
export interface EdgePort {
  run(call: EdgeCall, host: EdgeHost): Promise<string>;
}

export class EdgeCalls {
  readonly #port: EdgePort;
  readonly #running = new Map<string, Host>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(port: EdgePort) {
    this.#port = port;
  }

  /** Answers undefined when the task was stopped before it began. Rejects when the Worker that ran it is gone. */
  async run(key: string, call: EdgeCall, ask: Pick<EdgeHost, 'render' | 'log'>): Promise<EdgeAnswer | undefined> {
    const host = new Host(ask);
    this.#running.set(key, host);
    try {
      await this.#turn();
      try {
        if (host.isStopped) return undefined;
        return parseJson(await this.#port.run(call, host)) as unknown as EdgeAnswer;
      } finally {
        this.#next();
      }
    } finally {
      this.#running.delete(key);
    }
  }

  stop(key: string, reason: string): void {
    this.#running.get(key)?.stop(reason);
  }

  async #turn(): Promise<void> {
    if (this.#count < EDGE_TASKS_PER_OBJECT_MAX) this.#count++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands its place to who waits the longest. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#count--;
    else next();
  }
}

/** This object, as the edge task sees it. */
class Host extends RpcTarget implements EdgeHost {
  readonly #ask: Pick<EdgeHost, 'render' | 'log'>;
  readonly #stopped = Promise.withResolvers<string>();
  isStopped = false;

  constructor(ask: Pick<EdgeHost, 'render' | 'log'>) {
    super();
    this.#ask = ask;
  }

  render(request: string): Promise<string> {
    return this.#ask.render(request);
  }

  log(lines: string): Promise<void> {
    return this.#ask.log(lines);
  }

  stopped(): Promise<string> {
    return this.#stopped.promise;
  }

  stop(reason: string): void {
    this.isStopped = true;
    this.#stopped.resolve(reason);
  }
}
