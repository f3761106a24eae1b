/** Performs what the engine wants done outside. Each effect may be performed again after a crash, so each is idempotent where it
 *  arrives: ids of children and jobs follow from the attempt, a slot is held by an execution once. */
import type { Effect } from '../engine/effect.ts';
import type { ExecutionEvent } from '../engine/event.ts';
import type { Execution, TaskRun } from '../engine/execution.ts';
import { placeOf, taskOf } from '../engine/flow-index.ts';
import type { InlineEffect } from '../engine/turn.ts';
import * as flows from '../db/flows.ts';
import { compiled, flowAt } from '../db/compiled-flows.ts';
import type { Flow, Label } from '../flow/flow.ts';
import { taskRunId } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import { readLabels } from '../flow/labels.ts';
import { stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import { assert, assertNever, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { StartFlow } from '../tasks/plan.ts';
import type { Tenant } from '../tenant.ts';
import type { Rendered } from '../expression/render.ts';
import type { Services } from '../expression/services.ts';
import { readInputs } from './flow-inputs.ts';
import { groupOf } from './job-selector.ts';
import { startExecution } from './start-execution.ts';
import type { Start } from './start-execution.ts';

export type OutsideEffect = Exclude<Effect, InlineEffect>;

export interface PerformWorld {
  tenant: Tenant;
  flow: Flow;
  execution: Execution;
  now(): number;
  /** Services for the inputs of another flow's execution. */
  servicesFor(flow: Flow, id: ExecutionId): Services;
  /** Stops an edge task that this object has under way. */
  stopEdgeTask(taskRun: number, attempt: number, reason: string): void;
  /** Renders a value as a task run sees it, with `extra` over its variables. */
  render(taskRun: number, value: Json, extra: JsonObject): Rendered<Json>;
}

/** The event that answers the effect, if it has an answer. */
export async function perform(effect: OutsideEffect, world: PerformWorld): Promise<ExecutionEvent | undefined> {
  const { tenant, execution, flow } = world;
  switch (effect.type) {
    case 'start-child':
      return startChild(effect, world);
    case 'kill-child':
      await tenant.execution(effect.executionId).act(effect.executionId, stringifyJson({ type: 'kill' }));
      return undefined;
    case 'restart-child':
      return restartChild(effect, world);
    case 'cancel-task':
      return cancelTask(effect, world);
    case 'close-workspace':
      await closeWorkspace(effect, world);
      return undefined;
    case 'tell-caller':
      return tellCaller(world);
    case 'acquire-slot':
      return acquireSlot(world);
    case 'release-slot':
      await tenant.flow(flow.namespace, flow.id).release(execution.id);
      return undefined;
    case 'retry-execution':
      await retryExecution(effect.at, world);
      return undefined;
    default:
      return assertNever(effect);
  }
}

async function startChild(effect: StartChild, world: PerformWorld): Promise<ExecutionEvent> {
  const { tenant, execution } = world;
  const { taskRun, attempt } = effect;
  const item = effect.item?.number;
  const about = { taskRun, attempt, ...(item !== undefined && { item }) };
  const refused = (message: string): ExecutionEvent => ({ type: 'child.refused', at: world.now(), ...about, message });
  const plan = await planOf(effect, world);
  if (!plan.ok) return refused(plan.error);
  const child = await childFlow(tenant, plan.value);
  if (typeof child === 'string') return refused(child);
  const id = await childId(tenant, execution.id, taskRun, attempt, item);
  const { values, errors } = await readInputs(child, plan.value.inputs, {
    tenant: tenant.id,
    services: world.servicesFor(child, id),
  });
  if (Object.keys(errors).length > 0) return refused(Object.values(errors).join('; '));
  const run = runAt(execution, taskRun);
  const start: Start = {
    id,
    at: world.now(),
    flow: child,
    inputs: values,
    labels: childLabels(execution, plan.value),
    trigger: {
      id: run.taskId,
      type: placeOf(world.flow, run.taskId)?.task.sourceType ?? '',
      variables: {
        executionId: execution.id,
        namespace: execution.namespace,
        flowId: execution.flowId,
        flowRevision: execution.flowRevision,
      },
    },
    ...(plan.value.scheduleAt !== undefined && { scheduleAt: plan.value.scheduleAt }),
    ...(plan.value.wait && { caller: { executionId: execution.id, ...about } }),
  };
  const answer = await startExecution(tenant, start);
  if (!answer.ok) return refused(answer.error.message);
  return { type: 'child.started', at: world.now(), ...about, executionId: id };
}

type StartChild = Extract<Effect, { type: 'start-child' }>;

/** One of many executions has its inputs and labels rendered with its own item. */
async function planOf({ taskRun, plan, item }: StartChild, world: PerformWorld): Promise<Result<StartFlow, string>> {
  if (item === undefined) return ok(plan);
  const own = { taskrun: { value: item.value, items: item.value, iteration: item.number } };
  const rendered = await world.render(taskRun, { inputs: plan.inputs, labels: plan.unrenderedLabels ?? {} }, own);
  if (!rendered.ok) return fail(rendered.error.message);
  const { inputs, labels } = rendered.value as { inputs: JsonObject; labels: Json };
  const read = readLabels(labels);
  const [problem] = read.problems;
  if (problem !== undefined) return fail(problem.message);
  return ok({ ...plan, inputs, labels: Object.fromEntries(read.labels.map(({ key, value }) => [key, value])) });
}

/** The flow, or why it cannot be started. */
async function childFlow(tenant: Tenant, { namespace, flowId, revision }: StartFlow): Promise<Flow | string> {
  const name = `${namespace}.${flowId}`;
  const stored = await flows.find(tenant, { namespace, id: flowId }, revision);
  if (stored === undefined || stored.deleted) {
    return `Unable to find the flow '${name}'${revision === undefined ? '' : ` with revision ${revision}`}`;
  }
  if (stored.disabled) return `Cannot execute the flow '${name}': it is disabled`;
  return compiled(tenant, stored) ?? `Cannot execute the flow '${name}': it is invalid`;
}

/** The same attempt always starts the same execution, or for many items the same ones. */
export function childId(
  tenant: Tenant,
  parent: ExecutionId,
  taskRun: number,
  attempt: number,
  item?: number,
): Promise<ExecutionId> {
  return tenant.executionIdFor(`child/${parent}/${taskRun}/${attempt}${item === undefined ? '' : `/${item}`}`);
}

/** What the system says about the caller goes along, its own labels when the task says so; those of the task win. */
function childLabels({ labels }: Execution, plan: StartFlow): Label[] {
  const inherited = labels.filter(({ key }) =>
    key.startsWith('system.') ? !ABOUT_ITSELF.has(key) : plan.inheritLabels,
  );
  return [...inherited, ...Object.entries(plan.labels).map(([key, value]) => ({ key, value }))];
}

const ABOUT_ITSELF: ReadonlySet<string> = new Set(['system.restarted', 'system.replay', 'system.from']);

async function restartChild(
  { taskRun, attempt, executionId }: Extract<Effect, { type: 'restart-child' }>,
  { tenant, now }: PerformWorld,
): Promise<ExecutionEvent | undefined> {
  const answer = await tenant.execution(executionId).act(executionId, stringifyJson({ type: 'restart' }));
  if (answer.ok) return undefined;
  return { type: 'child.refused', at: now(), taskRun, attempt, message: answer.error.message };
}

async function cancelTask(
  { taskRun, attempt, reason }: Extract<Effect, { type: 'cancel-task' }>,
  { tenant, flow, execution, now, stopEdgeTask }: PerformWorld,
): Promise<ExecutionEvent | undefined> {
  const run = runAt(execution, taskRun);
  const task = taskOf(flow, run);
  if (task?.kind === 'runner' || run.workspace) {
    await tenant.runnerGroup(groupOf(flow, execution, run)).cancel(jobId(execution.id, taskRun, attempt), reason);
    return undefined;
  }
  stopEdgeTask(taskRun, attempt, reason);
  // The answer does not wait for the edge: what was stopped counts as stopped, whatever it still says.
  return reason === 'kill' ? { type: 'task.finished', at: now(), taskRun, attempt, state: 'KILLED' } : undefined;
}

/** Its answer comes from the runner, as that of any job. */
async function closeWorkspace(
  { taskRun, attempt, end }: Extract<Effect, { type: 'close-workspace' }>,
  { tenant, flow, execution }: PerformWorld,
): Promise<void> {
  const group = tenant.runnerGroup(groupOf(flow, execution, runAt(execution, taskRun)));
  await group.closeWorkspace(jobId(execution.id, taskRun, attempt), end);
}

export function jobId(execution: ExecutionId, taskRun: number, attempt: number): string {
  return `${taskRunId(execution, taskRun)}-${attempt}`;
}

/** A retried child keeps the place of the first one: its caller knows no other id. */
async function tellCaller({ tenant, execution }: PerformWorld): Promise<undefined> {
  const { caller, state, outputs, originalId } = execution;
  if (caller === undefined || !isTerminalState(state.current)) return undefined;
  await tenant.execution(caller.executionId).childEnded(
    caller.executionId,
    stringifyJson({
      taskRun: caller.taskRun,
      attempt: caller.attempt,
      item: caller.item,
      child: originalId,
      endedAs: execution.id,
      state: state.current,
      outputs,
    }),
  );
  return undefined;
}

async function acquireSlot({ tenant, flow, execution, now }: PerformWorld): Promise<ExecutionEvent> {
  if (flow.concurrency === undefined) return { type: 'slot.granted', at: now() };
  const { limit, behavior } = flow.concurrency;
  const answer = await tenant.flow(flow.namespace, flow.id).acquire({
    tenant: tenant.record,
    executionId: execution.id,
    limit,
    queues: behavior === 'QUEUE',
  });
  return answer === 'granted' ? { type: 'slot.granted', at: now() } : { type: 'slot.refused', at: now(), behavior };
}

async function retryExecution(scheduleAt: number, { tenant, execution, now }: PerformWorld): Promise<void> {
  const flow = await flowAt(tenant, execution);
  assert(flow, `the revision that ${execution.id} ran can be run again`);
  const attemptNumber = execution.attemptNumber + 1;
  await startExecution(tenant, {
    id: await tenant.executionIdFor(`retry/${execution.originalId}/${attemptNumber}`),
    at: now(),
    flow,
    inputs: execution.inputs,
    labels: execution.labels,
    scheduleAt,
    attemptNumber,
    parentId: execution.id,
    originalId: execution.originalId,
    originalCreatedAt: execution.originalCreatedAt,
    ...(execution.trigger && { trigger: execution.trigger }),
    ...(execution.kind && { kind: execution.kind }),
    ...(execution.caller && { caller: execution.caller }),
  });
}

function runAt(execution: Execution, index: number): TaskRun {
  const run = execution.taskRuns.at(index);
  assert(run, `task run ${index} exists`);
  return run;
}
