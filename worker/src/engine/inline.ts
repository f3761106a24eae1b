/** Performs the effects that need nothing of the outside: renders expressions, makes plans, runs trivial tasks. Synchronous,
 *  unless an expression asks a service that is not. */
import { renderDeep, renderText } from '../expression/render.ts';
import type { Scope } from '../expression/scope.ts';
import type { MaybePromise, Services } from '../expression/services.ts';
import { isTruthyText } from '../expression/truth.ts';
import { type Flow, type FlowOutput, INPUT_TYPES, type Sla, type Task } from '../flow/flow.ts';
import { typedOutputs } from '../flow/outputs.ts';
import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { LOG_LEVELS, type LogLevel } from '../protocol/states.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Become } from '../tasks/plan.ts';
import { readInput } from '../tasks/read-input.ts';
import { templatedTask } from '../flow/compile-part.ts';
import { kindInWorkspace, taskTypes } from '../flow/flow-reader.ts';
import { type InlineContext, type PlanContext, TaskFailure } from '../tasks/task.ts';
import { mergeLabels } from './attempts.ts';
import { scopeFor, type Surroundings, variablesOf } from './context.ts';
import type { LogLine } from './effect.ts';
import type { Evaluation, ExecutionEvent, TaskFinished } from './event.ts';
import type { Execution, TaskRun } from './execution.ts';
import { placeOf, taskOf } from './flow-index.ts';
import { identityOf } from './identity.ts';
import { workspaceOf } from './workspaces.ts';
import type { InlineAnswer, InlineEffect, InlineExecutor, TaskMetric } from './turn.ts';

export interface InlineWorld {
  services: Services;
  /** What expressions of this execution see beside its own state. */
  surroundings(execution: Execution): Surroundings;
}

type Rendered<T> = MaybePromise<Result<T, { message: string }>>;

export function inlineExecutor(world: InlineWorld): InlineExecutor {
  return { perform: (flow, execution, effect) => new Performance(world, flow, execution).perform(effect) };
}

/** Goes on with a value that may still have to come. */
function after<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

class Performance {
  readonly #world: InlineWorld;
  readonly #flow: Flow;
  readonly #execution: Execution;
  readonly #logs: LogLine[] = [];
  readonly #metrics: TaskMetric[] = [];

  constructor(world: InlineWorld, flow: Flow, execution: Execution) {
    this.#world = world;
    this.#flow = flow;
    this.#execution = execution;
  }

  perform(effect: InlineEffect): MaybePromise<InlineAnswer> {
    return after(this.#event(effect), (event) => ({ event, logs: this.#logs, metrics: this.#metrics }));
  }

  #event(effect: InlineEffect): MaybePromise<ExecutionEvent> {
    switch (effect.type) {
      case 'evaluate':
        return after(this.#evaluate(effect.taskRun), (outcome) => ({
          type: 'task.evaluated',
          at: this.#now(),
          taskRun: effect.taskRun,
          outcome,
        }));
      case 'evaluate-until':
        return after(this.#until(effect.taskRun), (outcome) => ({
          type: 'loop.evaluated',
          at: this.#now(),
          taskRun: effect.taskRun,
          iteration: effect.iteration,
          outcome,
        }));
      case 'evaluate-round':
        return after(this.#roundOutputs(effect.taskRun, effect.last), (outputs) => ({
          type: 'round.evaluated',
          at: this.#now(),
          taskRun: effect.taskRun,
          round: effect.round,
          ...(outputs.ok && { outputs: outputs.value }),
        }));
      case 'evaluate-assertions':
        return after(this.#missedAssertions(this.#flow.sla, []), (missed) => ({
          type: 'assertions.evaluated',
          at: this.#now(),
          missed,
        }));
      case 'render-outputs':
        return after(this.#outputs(), (result) => ({
          type: 'outputs.rendered',
          at: this.#now(),
          ...(result.ok ? { outputs: result.value } : { error: result.error.message }),
        }));
      case 'run-task':
        return this.#runTask(effect.taskRun, effect.attempt);
    }
  }

  #evaluate(index: number): MaybePromise<Evaluation> {
    const run = this.#run(index);
    // As the flow has it: what the task run has become before says nothing about now.
    const task = this.#known(placeOf(this.#flow, run.taskId)?.task, run);
    return after(this.#runs(task, index), (runs) => {
      if (!runs.ok) return this.#unrenderable(runs.error, run);
      if (!runs.value) return { runs: false };
      return after(this.#timeoutMs(task, index), (timeout) => {
        if (!timeout.ok) return this.#unrenderable(timeout.error, run);
        const timeoutMs = timeout.value === undefined ? {} : { timeoutMs: timeout.value };
        if (task.kind !== 'structural') return { runs: true, ...timeoutMs };
        return after(this.#plan(task, run), (planned) =>
          'failed' in planned ? planned : { ...planned, ...timeoutMs },
        );
      });
    });
  }

  #runs(task: Task, index: number): Rendered<boolean> {
    if (task.runIf === undefined) return ok(true);
    return after(this.#render(task.runIf, index), (text) => (text.ok ? ok(isTruthyText(text.value)) : text));
  }

  #timeoutMs(task: Task, index: number): Rendered<number | undefined> {
    if (task.timeout === undefined) return ok(undefined);
    return after(this.#render(task.timeout, index), (text) => {
      if (!text.ok) return text;
      const ms = parseDuration(text.value);
      return ms === undefined
        ? fail({ message: `Invalid timeout '${text.value}': write an ISO-8601 duration, like PT30S` })
        : ok(ms);
    });
  }

  #plan(task: Task, run: TaskRun): MaybePromise<Evaluation> {
    const definition = taskTypes.find(task.type);
    if (definition?.kind !== 'structural') return this.#unrenderable({ message: `'${task.type}' has no plan` }, run);
    return after(readInput(definition, task.properties, this.#renderer(run.index)), (input) => {
      if (!input.ok) return this.#unrenderable(input.error, run);
      const refused = (thrown: unknown) => this.#unrenderable(failureOf(thrown), run);
      const context: PlanContext = {
        ...this.#context(run),
        lists: Object.keys(task.lists),
        read: (uri) => this.#read(uri),
      };
      try {
        const plan = after(definition.plan(input.value, context), (made) =>
          made.kind === 'become' ? this.#become(task, run, made) : ({ runs: true, plan: made } satisfies Evaluation),
        );
        return plan instanceof Promise ? plan.catch(refused) : plan;
      } catch (thrown) {
        return refused(thrown);
      }
    });
  }

  async #read(uri: string): Promise<string> {
    const { read } = this.#world.services;
    if (!read) throw new TaskFailure(`The file ${uri} cannot be read here`);
    try {
      return await read(uri);
    } catch (error) {
      throw new TaskFailure(error instanceof Error ? error.message : String(error));
    }
  }

  #become(task: Task, run: TaskRun, { spec }: Become): MaybePromise<Evaluation> {
    const templated = templatedTask(spec, task.id);
    if (!templated.ok) return this.#unrenderable({ message: templated.error }, run);
    const { type, properties } = templated.value;
    const kind = workspaceOf(this.#execution, run) ? kindInWorkspace(templated.value) : templated.value.kind;
    const made = { type, kind, properties };
    if (kind !== 'structural') return { runs: true, made };
    return after(this.#plan({ ...task, ...made }, run), (planned) =>
      'failed' in planned ? planned : { ...planned, made },
    );
  }

  #outputs(): Rendered<JsonObject> {
    return this.#declared(this.#flow.outputs, undefined);
  }

  #roundOutputs(index: number, last: number): Rendered<JsonObject> {
    const { run } = this.#find(index);
    const declared = (run.frame?.rounds?.outputs ?? []).map(({ id, type, value }): FlowOutput => {
      const known = INPUT_TYPES.find((name) => name === type);
      return { id, value, required: false, ...(known && { type: known }) };
    });
    return after(this.#declared(declared, last), (outputs) => {
      if (!outputs.ok) this.#log(run, 'ERROR', outputs.error.message);
      return outputs;
    });
  }

  #declared(outputs: readonly FlowOutput[], index: number | undefined): Rendered<JsonObject> {
    const sources = Object.fromEntries(outputs.map(({ id, value }) => [id, value]));
    return after(renderDeep(sources, this.#scope(index), this.#world.services), (rendered) => {
      if (!rendered.ok) return rendered;
      const values = isJsonObject(rendered.value) ? rendered.value : {};
      return after(typedOutputs(outputs, values), (typed) => (typed.ok ? typed : fail({ message: typed.error })));
    });
  }

  /** An assertion that cannot be rendered yet (its task has not run) is not missed. */
  #missedAssertions([sla, ...rest]: readonly Sla[], missed: string[]): MaybePromise<string[]> {
    if (sla === undefined) return missed;
    if (sla.type !== 'EXECUTION_ASSERTION') return this.#missedAssertions(rest, missed);
    const text = renderText(sla.assertion, this.#scope(undefined), this.#world.services);
    return after(text, (rendered) =>
      this.#missedAssertions(rest, rendered.ok && !isTruthyText(rendered.value) ? [...missed, sla.id] : missed),
    );
  }

  #until(index: number): MaybePromise<'done' | 'again' | 'failed'> {
    const { run } = this.#find(index);
    return after(this.#render(run.frame?.repeat?.until ?? 'true', index), (text) => {
      if (text.ok) return isTruthyText(text.value) ? 'done' : 'again';
      this.#log(run, 'ERROR', text.error.message);
      return 'failed';
    });
  }

  #runTask(index: number, attempt: number): MaybePromise<ExecutionEvent> {
    const { task, run } = this.#find(index);
    const definition = taskTypes.find(task.type);
    const finished = (state: TaskFinished['state'], more: Partial<TaskFinished> = {}): TaskFinished => ({
      type: 'task.finished',
      at: this.#now(),
      taskRun: index,
      attempt,
      state,
      ...more,
    });
    const failed = (message: string, outputs?: JsonObject) => {
      this.#log(run, 'ERROR', message);
      return finished('FAILED', outputs && { outputs });
    };
    if (definition?.kind !== 'inline') return failed(`'${task.type}' cannot run here`);
    return after(readInput(definition, task.properties, this.#renderer(index)), (input) => {
      if (!input.ok) return failed(input.error.message);
      const changes: Changes = {};
      try {
        const outputs = definition.run(input.value, this.#taskContext(run, changes));
        return finished('SUCCESS', { ...(outputs && { outputs: outputs as JsonObject }), ...changes });
      } catch (thrown) {
        const failure = failureOf(thrown);
        return failed(failure.message, failure.outputs);
      }
    });
  }

  #context(run: TaskRun): Omit<PlanContext, 'lists' | 'read'> {
    return {
      identity: identityOf(this.#world.surroundings(this.#execution).tenant, this.#execution, run),
      now: () => this.#now(),
      log: (level, message) => this.#log(run, level, message),
    };
  }

  #taskContext(run: TaskRun, changes: Changes): InlineContext {
    return {
      ...this.#context(run),
      metric: (metric) => void this.#metrics.push({ ...metric, at: this.#now(), taskRun: run.index }),
      setLabels: (labels) => {
        const more = Object.entries(labels).map(([key, value]) => ({ key, value }));
        changes.labels = mergeLabels(changes.labels ?? [], more);
      },
      setVariables: (variables, options) => {
        refuseVariables(variables, variablesOf(this.#flow, this.#execution), options);
        changes.variables = { ...changes.variables, ...variables };
      },
      exit: (state) => void (changes.exit = state),
    };
  }

  #find(index: number): { task: Task; run: TaskRun } {
    const run = this.#run(index);
    return { task: this.#known(taskOf(this.#flow, run), run), run };
  }

  #run(index: number): TaskRun {
    const run = this.#execution.taskRuns.at(index);
    if (!run) throw new Error(`the execution has no task run ${index}`);
    return run;
  }

  #known(task: Task | undefined, { taskId }: TaskRun): Task {
    if (!task) throw new Error(`the flow has no task ${taskId}`);
    return task;
  }

  #scope(index: number | undefined): Scope {
    return scopeFor(this.#flow, this.#execution, index, this.#world.surroundings(this.#execution));
  }

  #render(source: string, index: number): Rendered<string> {
    return renderText(source, this.#scope(index), this.#world.services);
  }

  #renderer(index: number): (value: Json) => Rendered<Json> {
    const scope = this.#scope(index);
    return (value) => renderDeep(value, scope, this.#world.services);
  }

  #unrenderable(failure: { message: string }, run: TaskRun): { failed: true } {
    this.#log(run, 'ERROR', failure.message);
    return { failed: true };
  }

  #log(run: TaskRun, level: LogLevel, message: string): void {
    const { task } = this.#find(run.index);
    if (task.logLevel && LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(task.logLevel)) return;
    this.#logs.push({ at: this.#now(), level, message, taskRun: run.index, attempt: Math.max(1, run.attempts.length) });
  }

  #now(): number {
    return this.#world.services.now();
  }
}

function refuseVariables(
  changes: JsonObject,
  present: JsonObject,
  { overwrite = true, ignoreMissing = false }: { overwrite?: boolean; ignoreMissing?: boolean } = {},
): void {
  for (const [name, value] of Object.entries(changes)) {
    const exists = Object.hasOwn(present, name);
    if (value !== null && exists && !overwrite)
      throw new TaskFailure(`The variable '${name}' exists already, and overwrite is false`);
    if (value === null && !exists && !ignoreMissing) throw new TaskFailure(`There is no variable '${name}' to remove`);
  }
}

type Changes = Pick<TaskFinished, 'labels' | 'variables' | 'exit'>;

/** A TaskFailure is the author's to mend; anything else is a bug, whose text is not for the user. */
function failureOf(thrown: unknown): { message: string; outputs?: JsonObject } {
  if (thrown instanceof TaskFailure)
    return { message: thrown.message, ...(thrown.outputs && { outputs: thrown.outputs }) };
  return { message: 'The task failed for a reason of the server; it is no fault of the flow' };
}
