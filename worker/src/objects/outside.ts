/** The effects of a shard that are under way: edge tasks, jobs, children, slots. Performing starts here and its answer comes back
 *  as an event; what fails is tried again, what is lost is found by the alarm (it still stands in the outbox). */
import { isCurrentAttempt } from '../engine/attempts.ts';
import { scopeFor } from '../engine/context.ts';
import type { Surroundings } from '../engine/context.ts';
import type { Effect } from '../engine/effect.ts';
import type { ExecutionEvent } from '../engine/event.ts';
import type { TaskRun } from '../engine/execution.ts';
import * as flowIndex from '../engine/flow-index.ts';
import { identityOf } from '../engine/identity.ts';
import type { EdgeCall } from '../edge/edge-call.ts';
import { renderDeep } from '../expression/render.ts';
import type { Rendered } from '../expression/render.ts';
import type { Services } from '../expression/services.ts';
import type { Flow, Task } from '../flow/flow.ts';
import { taskRunId } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import { EFFECT_RETRY_MS, EFFECT_TRIES_MAX } from '../limits.ts';
import { workspaceOf } from '../engine/workspaces.ts';
import { JobSpec, OUTPUT_DIR_TOKEN, WORKING_DIR_TOKEN } from '../protocol/job.ts';
import type { TaskRunnerType } from '../protocol/job.ts';
import { taskTypes } from '../flow/flow-reader.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { assert, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { readInput } from '../tasks/read-input.ts';
import { declaredTaskRunner } from '../tasks/scripts/script-properties.ts';
import type { Tenant } from '../tenant.ts';
import { EdgeCalls } from './edge-calls.ts';
import type { EdgePort } from './edge-calls.ts';
import type { Extra } from './execution-object.ts';
import { relatedTo } from './execution-services.ts';
import type { StoredLine } from './journal.ts';
import { groupOf, selectorOf } from './job-selector.ts';
import { effectKey, isOver } from './live-execution.ts';
import type { LiveExecution } from './live-execution.ts';
import { jobId, perform } from './perform.ts';
import type { OutsideEffect, PerformWorld } from './perform.ts';

export interface OutsideWorld {
  edge: EdgePort;
  /** Where jobs answer to. */
  objectId: string;
  tenant(): Tenant;
  now(): number;
  surroundings(): Surroundings;
  /** What expressions of an execution may ask of the world. */
  services(live: Pick<LiveExecution, 'id' | 'flow' | 'secrets' | 'execution'>): Services;
  servicesFor(flow: Flow, id: ExecutionId): Services;
  dispatch(id: ExecutionId, event: ExecutionEvent, extra: Extra): Promise<void>;
  /** An effect that has no answer was performed. */
  settle(id: ExecutionId, key: string): void;
  append(live: LiveExecution, lines: readonly StoredLine[]): void;
}

type RunTask = Extract<Effect, { type: 'run-task' }>;

export class Outside {
  readonly #world: OutsideWorld;
  readonly #edge: EdgeCalls;
  readonly #underWay = new Set<string>();

  constructor(world: OutsideWorld) {
    this.#world = world;
    this.#edge = new EdgeCalls(world.edge);
  }

  /** Starts performing; an effect that is under way is left alone. */
  perform(live: LiveExecution, effect: Effect): void {
    const key = `${live.id}/${effectKey(effect)}`;
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    void this.#try(live, effect, 1)
      .catch((error: unknown) => console.error(`execution ${live.id} could not be told of ${effect.type} yet`, error))
      .finally(() => this.#underWay.delete(key));
  }

  stop(id: ExecutionId, key: string, reason: string): void {
    this.#edge.stop(`${id}/${key}`, reason);
  }

  stopAll(id: ExecutionId): void {
    for (const key of this.#underWay) if (key.startsWith(`${id}/`)) this.#edge.stop(key, 'the execution is deleted');
  }

  async #try(live: LiveExecution, effect: Effect, tries: number): Promise<void> {
    try {
      if (effect.type === 'run-task') await this.#runTask(live, effect);
      else await this.#performOne(live, effect as OutsideEffect);
    } catch (error) {
      console.warn(`${effect.type} of execution ${live.id} failed (try ${tries})`, error);
      // It may have been performed: only its answer is known to be missing.
      live.doubtful.add(effectKey(effect));
      if (tries === EFFECT_TRIES_MAX) return this.#giveUp(live, effect);
      await new Promise((resolve) => setTimeout(resolve, EFFECT_RETRY_MS * 2 ** tries));
      if (live.outbox.has(effectKey(effect))) await this.#try(live, effect, tries + 1);
    }
  }

  /** A task that cannot be run at all fails; anything else stays in the outbox until the object looks at it again. */
  async #giveUp(live: LiveExecution, effect: Effect): Promise<void> {
    if (effect.type !== 'run-task') return;
    const run = live.execution.taskRuns.at(effect.taskRun);
    if (run !== undefined)
      await this.fail(live, run, effect.attempt, 'The task could not be run: its Worker was lost again and again');
  }

  async #performOne(live: LiveExecution, effect: OutsideEffect): Promise<void> {
    const { tenant, now, servicesFor } = this.#world;
    const key = effectKey(effect);
    const world: PerformWorld = {
      tenant: tenant(),
      flow: live.flow,
      execution: live.execution,
      now,
      servicesFor,
      render: (taskRun, value, extra) => this.render(live, live.execution.taskRuns.at(taskRun), value, extra),
      stopEdgeTask: (taskRun, attempt, reason) => this.stop(live.id, `run-task/${taskRun}/${attempt}`, reason),
    };
    const event = await perform(effect, world);
    // It may have been answered meanwhile: a child can end before its start is told.
    if (!live.outbox.has(key)) return isOver(live.execution) ? undo(event, world) : undefined;
    if (event === undefined) this.#world.settle(live.id, key);
    else await this.#world.dispatch(live.id, event, { settled: key });
  }

  async #runTask(live: LiveExecution, effect: RunTask): Promise<void> {
    const run = live.execution.taskRuns.at(effect.taskRun);
    assert(run, `task run ${effect.taskRun} exists`);
    // It timed out before it could begin.
    if (!isCurrentAttempt(run, effect.attempt)) return this.#world.settle(live.id, effectKey(effect));
    const task = taskOf(live, run);
    if (task.kind === 'runner' || run.workspace) return this.#offer(live, run, task, effect);
    if (task.delivery === 'atMostOnce' && live.doubtful.has(effectKey(effect))) {
      return this.fail(
        live,
        run,
        effect.attempt,
        'The attempt was interrupted, and the task may not be run twice (delivery: atMostOnce)',
      );
    }
    return this.#runAtEdge(live, run, task, effect);
  }

  async #runAtEdge(live: LiveExecution, run: TaskRun, task: Task, effect: RunTask): Promise<void> {
    const input = await this.#input(live, run, task);
    if (!input.ok) return this.fail(live, run, effect.attempt, input.error.message);
    const call: EdgeCall = {
      tenant: this.#world.tenant().record,
      identity: identityOf(this.#world.tenant().id, live.execution, run),
      taskRun: run.index,
      type: task.type,
      input: stringifyJson(input.value),
      related: relatedTo(live.execution),
      depth: depthOf(live),
    };
    const answer = await this.#edge.run(`${live.id}/${effectKey(effect)}`, call, {
      render: async (request) => stringifyJson(await this.#renderForEdge(live, run, request)),
      log: async (lines) => this.#world.append(live, JSON.parse(lines) as StoredLine[]),
    });
    if (answer === undefined) return this.#world.settle(live.id, effectKey(effect));
    const { lines, metrics, ...outcome } = answer;
    const event: ExecutionEvent = {
      type: 'task.finished',
      at: this.#world.now(),
      taskRun: run.index,
      attempt: effect.attempt,
      ...outcome,
    };
    await this.#world.dispatch(live.id, event, { lines, metrics });
  }

  /** Hands the attempt to the runners; from then on it is theirs to answer. */
  async #offer(live: LiveExecution, run: TaskRun, task: Task, effect: RunTask): Promise<void> {
    const job = await this.renderJob(live, run);
    if (!job.ok) return this.fail(live, run, effect.attempt, job.error.message);
    const { spec } = job.value;
    const selector = selectorOf(live.flow, live.execution, run);
    const around = workspaceOf(live.execution, run);
    await this.#world
      .tenant()
      .runnerGroup(groupOf(live.flow, live.execution, run))
      .offer({
        jobId: jobId(live.id, run.index, effect.attempt),
        replyTo: this.#world.objectId,
        executionId: live.id,
        taskRun: run.index,
        taskRunId: taskRunId(live.id, run.index),
        attempt: effect.attempt,
        namespace: live.execution.namespace,
        flowId: live.execution.flowId,
        taskId: run.taskId,
        tags: selector?.tags ?? [],
        match: selector?.match ?? 'ALL',
        taskRunners: run.workspace ? taskRunnersOf(task) : spec.taskRunner ? [spec.taskRunner.type] : [],
        ...(run.workspace && { isWorkspace: true }),
        ...(around && { workspace: jobId(live.id, around.index, around.attempts.length) }),
        related: relatedTo(live.execution),
        // A spec that may hold a secret is rendered again for whoever claims the job, and stored nowhere.
        ...(live.secrets.size === 0 && { spec: stringifyJson(spec) }),
        ...(run.timeoutMs !== undefined && { timeoutMs: run.timeoutMs }),
      });
    this.#world.settle(live.id, effectKey(effect));
  }

  /** What a runner is to do, and the secrets that rendering it has touched. */
  async renderJob(
    live: LiveExecution,
    run: TaskRun,
  ): Promise<Result<{ spec: JobSpec; secrets: Set<string> }, { message: string }>> {
    const task = taskOf(live, run);
    const definition = taskTypes.find(task.type);
    const job = definition && 'job' in definition ? definition.job : undefined;
    if (job === undefined) return fail({ message: `'${task.type}' is no task for a runner` });
    const secrets = new Set<string>();
    const input = await this.#input({ ...live, secrets }, run, task);
    for (const secret of secrets) live.secrets.add(secret);
    if (!input.ok) return input;
    try {
      return ok({ spec: JobSpec.parse(job(input.value)), secrets });
    } catch (error) {
      return fail({ message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Ends an attempt that could not be made. */
  async fail(live: LiveExecution, run: TaskRun, attempt: number, message: string): Promise<void> {
    const at = this.#world.now();
    const lines: StoredLine[] = [{ at, level: 'ERROR', message, taskRun: run.index, attempt }];
    await this.#world.dispatch(
      live.id,
      { type: 'task.finished', at, taskRun: run.index, attempt, state: 'FAILED' },
      { lines },
    );
  }

  render(live: LiveExecution, run: TaskRun | undefined, value: Json, extra: JsonObject = {}): Rendered<Json> {
    const { variables, ...around } = this.#world.surroundings();
    const scope = scopeFor(live.flow, live.execution, run?.index, { ...around, variables: { ...variables, ...extra } });
    return renderDeep(value, scope, this.#world.services(live));
  }

  #renderForEdge(live: LiveExecution, run: TaskRun, request: string): Rendered<Json> {
    const { value, extra } = parseJson(request) as { value: Json; extra: JsonObject };
    return this.render(live, run, value, extra);
  }

  #input(live: LiveExecution, run: TaskRun, task: Task) {
    const definition = taskTypes.find(task.type);
    if (definition === undefined) return fail({ message: `There is no task type '${task.type}'` });
    const { variables, ...around } = this.#world.surroundings();
    const scope = scopeFor(live.flow, live.execution, run.index, {
      ...around,
      variables: task.kind === 'runner' || run.workspace ? { ...variables, ...DIRECTORIES } : variables,
    });
    const services = this.#world.services(live);
    return readInput(definition, task.properties, (value) => renderDeep(value, scope, services));
  }
}

/** What was made for an execution that ended meanwhile is nobody's. */
async function undo(made: ExecutionEvent | undefined, world: PerformWorld): Promise<void> {
  if (made?.type === 'child.started') {
    await perform({ type: 'kill-child', taskRun: made.taskRun, executionId: made.executionId }, world);
  } else if (made?.type === 'slot.granted') await perform({ type: 'release-slot' }, world);
}

/** The runner puts its paths in the place of these. */
const DIRECTORIES = { workingDir: WORKING_DIR_TOKEN, outputDir: OUTPUT_DIR_TOKEN };

function taskOf(live: LiveExecution, run: TaskRun): Task {
  const task = flowIndex.taskOf(live.flow, run);
  assert(task, `the flow has a task ${run.taskId}`);
  return task;
}

/** What the runner must offer that keeps the directory of these tasks, as far as their sources say it. */
function taskRunnersOf({ lists }: Task): TaskRunnerType[] {
  const programs = (lists.tasks ?? []).filter(({ disabled, type }) => !disabled && isProgram(type));
  return [...new Set(programs.flatMap(({ properties }) => declaredTaskRunner(properties) ?? []))];
}

function isProgram(type: string): boolean {
  return taskTypes.find(type)?.kind === 'runner';
}

/** How many executions have called each other before this one; a system label carries it. */
function depthOf({ execution }: LiveExecution): number {
  return Number(execution.labels.find(({ key }) => key === DEPTH_LABEL)?.value ?? 0);
}

export const DEPTH_LABEL = 'system.depth';
