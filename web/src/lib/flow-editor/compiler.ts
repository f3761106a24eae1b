/** Asks the compiler in the web worker: one question at a time, and of those that queue up meanwhile only the last. */
import type { Diagnostic } from '../../../../worker/src/flow/diagnostic.ts';

export interface CompileRequest {
  turn: number;
  source: string;
}

export interface CompileAnswer {
  turn: number;
  diagnostics: Diagnostic[];
  id?: string;
  namespace?: string;
}

/** The part of a web worker that is used here. */
export interface CompilePort {
  postMessage(request: CompileRequest): void;
  onmessage: ((event: { data: CompileAnswer }) => void) | null;
  terminate(): void;
}

export function compilePort(): CompilePort {
  const worker = new Worker(new URL('./compile.worker.ts', import.meta.url), { type: 'module' });
  const port: CompilePort = {
    postMessage: (request) => worker.postMessage(request),
    onmessage: null,
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<CompileAnswer>) => port.onmessage?.(event);
  return port;
}

export class Compiler {
  readonly #port: CompilePort;
  #turn = 0;
  #busy = false;
  #next: string | undefined;

  constructor(port: CompilePort, onanswer: (answer: CompileAnswer) => void) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      this.#busy = false;
      // An answer about a text that has changed since would mark the wrong places.
      if (this.#next === undefined) onanswer(data);
      else this.#ask(this.#next);
    };
  }

  check(source: string): void {
    if (this.#busy) this.#next = source;
    else this.#ask(source);
  }

  stop(): void {
    this.#port.terminate();
  }

  #ask(source: string): void {
    this.#next = undefined;
    this.#busy = true;
    this.#port.postMessage({ turn: ++this.#turn, source });
  }
}
