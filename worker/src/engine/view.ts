/** An execution as the API shows it, in Kestra's shape. */
import type { Flow } from '../flow/flow.ts';
import { taskRunId } from '../ids.ts';
import { formatDuration } from '../protocol/duration.ts';
import { isoOf } from '../protocol/instant.ts';
import type { JsonObject } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { Attempt, Execution, StateHistory, TaskRun } from './execution.ts';
import { placeOf } from './flow-index.ts';

export interface ViewOptions {
  tenant: string;
  now: number;
  /** Where a person looks at it. */
  url?: string;
  /** Lists leave the task runs out. */
  taskRuns: boolean;
}

export function executionView(flow: Flow | undefined, execution: Execution, options: ViewOptions): JsonObject {
  const { caller } = execution;
  return {
    tenantId: options.tenant,
    id: execution.id,
    namespace: execution.namespace,
    flowId: execution.flowId,
    flowRevision: execution.flowRevision,
    ...(options.taskRuns && {
      taskRunList: [...execution.taskRuns]
        .filter(({ removed }) => !removed)
        .map((run) => taskRunView(flow, execution, run, options)),
    }),
    inputs: execution.inputs,
    ...(execution.outputs && { outputs: execution.outputs }),
    labels: execution.labels.map(({ key, value }) => ({ key, value })),
    ...(Object.keys(execution.variables).length > 0 && { variables: execution.variables }),
    state: stateView(execution.state, options.now),
    ...(execution.parentId && { parentId: execution.parentId }),
    originalId: execution.originalId,
    ...(execution.trigger && { trigger: { ...execution.trigger } }),
    deleted: false,
    metadata: {
      attemptNumber: execution.attemptNumber,
      originalCreatedDate: isoOf(execution.originalCreatedAt),
    },
    ...(execution.scheduleAt !== undefined && { scheduleDate: isoOf(execution.scheduleAt) }),
    ...(execution.kind && { kind: execution.kind }),
    ...(caller && { caller: { executionId: caller.executionId } }),
    ...(options.url && { url: options.url }),
  };
}

function taskRunView(
  flow: Flow | undefined,
  execution: Execution,
  run: TaskRun,
  { tenant, now }: ViewOptions,
): JsonObject {
  return {
    tenantId: tenant,
    id: taskRunId(execution.id, run.index),
    executionId: execution.id,
    namespace: execution.namespace,
    flowId: execution.flowId,
    taskId: run.taskId,
    ...(flow && { taskType: placeOf(flow, run.taskId)?.task.type ?? '' }),
    ...(run.parent !== undefined && { parentTaskRunId: taskRunId(execution.id, run.parent) }),
    ...(run.value !== undefined && { value: run.value }),
    ...(run.iteration !== undefined && { iteration: run.iteration }),
    ...(run.attempts.length > 0 && { attempts: run.attempts.map((attempt) => attemptView(attempt, now)) }),
    ...(run.outputs && { outputs: run.outputs }),
    state: stateView(run.state, now),
  };
}

function attemptView({ state, workerId }: Attempt, now: number): JsonObject {
  return { state: stateView(state, now), ...(workerId && { workerId }) };
}

export function stateView({ current, histories }: StateHistory, now: number): JsonObject {
  const start = histories[0]?.at ?? now;
  const over = isTerminalState(current) || current === 'PAUSED';
  const end = histories.at(-1)?.at ?? start;
  return {
    current,
    histories: histories.map(({ state, at }) => ({ state, date: isoOf(at) })),
    startDate: isoOf(start),
    ...(over && { endDate: isoOf(end) }),
    duration: formatDuration((over ? end : now) - start),
  };
}
