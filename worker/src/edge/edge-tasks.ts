/** Runs edge tasks beside the objects: stateless, one call for each attempt, so that a slow download never blocks a state
 *  machine. Reached only from this Worker's own objects. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { EgressError } from '../egress.ts';
import type { Env } from '../env.ts';
import { AppError } from '../errors.ts';
import { EDGE_LOG_DELAY_MS } from '../limits.ts';
import type { StoredLine, StoredMetric } from '../objects/journal.ts';
import { taskTypes } from '../flow/flow-reader.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { LogLevel } from '../protocol/states.ts';
import { TaskFailure } from '../tasks/task.ts';
import type { EdgeContext } from '../tasks/task.ts';
import type { EdgeAnswer, EdgeCall, EdgeHost } from './edge-call.ts';
import { edgeServices } from './edge-services.ts';

export class EdgeTasks extends WorkerEntrypoint<Env> {
  /** JSON text of an EdgeAnswer. Throws only when the answer cannot be known: then the attempt may be made again. */
  async run(call: EdgeCall, host: EdgeHost): Promise<string> {
    const definition = taskTypes.find(call.type);
    const record = new Recorder(call, host);
    if (definition?.kind !== 'edge') return record.failed(`'${call.type}' does not run at the edge`);
    const stop = new AbortController();
    const stopped = host.stopped().then((reason) => {
      stop.abort(new TaskFailure(`the task was stopped (${reason})`));
      return record.failed(`The task was stopped (${reason})`);
    });
    // Without an execution to answer, the call is over too.
    stopped.catch(() => stop.abort());
    const context: EdgeContext = { ...record.context(), ...edgeServices(call, host, this.env, stop.signal) };
    // The input was read with the task's own schema by the object that rendered it.
    const input = parseJson(call.input) as JsonObject;
    const work = run(() => definition.run(input, context)).then(
      (outputs) => record.finished('SUCCESS', outputs ? { outputs: outputs as JsonObject } : {}),
      (error: unknown) => record.failed(reasonOf(error), error instanceof TaskFailure ? error.outputs : undefined),
    );
    return Promise.race([work, stopped]);
  }
}

/** A task that throws at once has failed like one that rejects. */
async function run<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** The author's to mend: shown. Anything else is a bug of ours, whose text is not for the user. */
function reasonOf(error: unknown): string {
  if (error instanceof TaskFailure || error instanceof EgressError || error instanceof AppError) return error.message;
  console.error('an edge task failed unexpectedly', error);
  return 'The task failed for a reason of the server; it is no fault of the flow';
}

/** What a task says and measures while it runs. */
class Recorder {
  readonly #call: EdgeCall;
  readonly #host: EdgeHost;
  readonly #metrics: StoredMetric[] = [];
  readonly #changes: Pick<EdgeAnswer, 'labels' | 'variables' | 'exit'> = {};
  #lines: StoredLine[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(call: EdgeCall, host: EdgeHost) {
    this.#call = call;
    this.#host = host;
  }

  context(): Pick<EdgeContext, 'identity' | 'now' | 'log' | 'metric' | 'setLabels' | 'setVariables' | 'exit'> {
    return {
      identity: this.#call.identity,
      now: () => Date.now(),
      log: (level, message) => this.#log(level, message),
      metric: ({ name, type, value, tags }) =>
        void this.#metrics.push({ at: Date.now(), taskRun: this.#call.taskRun, name, type, value, tags }),
      setLabels: (labels) => {
        const more = Object.entries(labels).map(([key, value]) => ({ key, value }));
        this.#changes.labels = [...(this.#changes.labels ?? []), ...more];
      },
      setVariables: (variables) => void (this.#changes.variables = { ...this.#changes.variables, ...variables }),
      exit: (state) => void (this.#changes.exit = state),
    };
  }

  failed(message: string, outputs?: JsonObject): Promise<string> {
    this.#log('ERROR', message);
    return this.finished('FAILED', outputs ? { outputs } : {});
  }

  async finished(state: EdgeAnswer['state'], more: Pick<EdgeAnswer, 'outputs'>): Promise<string> {
    clearTimeout(this.#timer);
    await this.#sending;
    const answer: EdgeAnswer = { state, ...more, ...this.#changes, lines: this.#lines, metrics: this.#metrics };
    return stringifyJson(answer);
  }

  #log(level: LogLevel, message: string): void {
    const { taskRun, identity } = this.#call;
    this.#lines.push({ at: Date.now(), level, message, taskRun, attempt: identity.attempt });
    this.#timer ??= setTimeout(() => this.#send(), EDGE_LOG_DELAY_MS);
  }

  #send(): void {
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    // Lines that do not arrive go with the answer.
    this.#sending = this.#host.log(stringifyJson(lines)).catch(() => void this.#lines.unshift(...lines));
  }
}
