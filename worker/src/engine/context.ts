/** The variables that expressions of a flow see, for the flow as a whole or for one of its task runs. */
import { type Scope, scopeOf } from '../expression/scope.ts';
import type { Flow, Label } from '../flow/flow.ts';
import { taskRunId } from '../ids.ts';
import { isoOf } from '../protocol/instant.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Execution, TaskRun } from './execution.ts';
import { placeOf } from './flow-index.ts';
import { RunsLookup } from './outputs.ts';
import { itemVariables, roundsAround } from './rounds.ts';

/** What the execution does not know itself. */
export interface Surroundings {
  tenant: string;
  /** The item that a child execution is started for. */
  item?: { number: number; value: string };
  /** `globals`, `envs`, `namespace`, `kestra`… and whatever one expression sees alone. */
  variables?: JsonObject;
}

export function scopeFor(flow: Flow, execution: Execution, taskRun: number | undefined, around: Surroundings): Scope {
  const run = taskRun === undefined ? undefined : execution.taskRuns.at(taskRun);
  return scopeOf({
    flow: { id: flow.id, namespace: flow.namespace, revision: execution.flowRevision, tenantId: around.tenant },
    execution: () => executionVariables(execution),
    inputs: execution.inputs,
    labels: () => labelVariables(execution.labels),
    vars: () => variablesOf(flow, execution),
    namespace: flow.namespaceVariables ?? {},
    outputs: () => new RunsLookup(execution, run, ({ outputs }) => outputs),
    tasks: () => new RunsLookup(execution, run, ({ state }) => ({ state: state.current })),
    ...(execution.trigger && {
      trigger: { ...execution.trigger.variables },
      ...(execution.trigger.type.endsWith('Schedule') && { schedule: { ...execution.trigger.variables } }),
    }),
    ...(run && taskVariables(flow, execution, run, around.item)),
    globals: {},
    envs: {},
    ...around.variables,
  });
}

function executionVariables(execution: Execution): JsonObject {
  return {
    id: execution.id,
    startDate: isoOf(execution.state.histories[0]?.at ?? 0),
    originalId: execution.originalId,
    state: execution.state.current,
    ...(execution.outputs && { outputs: execution.outputs }),
    ...(execution.kind && { kind: execution.kind }),
  };
}

function taskVariables(
  flow: Flow,
  execution: Execution,
  run: TaskRun,
  childItem: Surroundings['item'],
): Record<string, Json | (() => Json)> {
  const item = itemVariables(roundsAround(execution, run));
  // A workspace is one with its children: they have its value.
  const around = run.parent === undefined ? undefined : execution.taskRuns.at(run.parent);
  const iterated = around?.workspace ? around : run;
  return {
    task: { id: run.taskId, type: placeOf(flow, run.taskId)?.task.type ?? '' },
    taskrun: {
      id: taskRunId(execution.id, run.index),
      startDate: isoOf(run.state.histories[0]?.at ?? 0),
      attemptsCount: Math.max(0, run.attempts.length - 1),
      ...(run.parent !== undefined && { parentId: taskRunId(execution.id, run.parent) }),
      // Null outside an iteration, so that a task can be moved in and out of a loop.
      value: iterated.value ?? null,
      ...(iterated.iteration !== undefined && { iteration: iterated.iteration }),
      ...(childItem && { items: childItem.value, iteration: childItem.number }),
    },
    ...(item && { item }),
    ...(run.parent !== undefined && {
      parent: () => parents(execution, run)[0] ?? {},
      parents: () => parents(execution, run),
    }),
  };
}

/** The task runs around one that have a value or outputs, closest first. */
function parents(execution: Execution, run: TaskRun): JsonObject[] {
  const found: JsonObject[] = [];
  for (let { parent } = run; parent !== undefined;) {
    const around = execution.taskRuns.at(parent);
    if (!around) break;
    if (around.value !== undefined || around.outputs !== undefined) {
      found.push({
        ...(around.value !== undefined && {
          taskrun: { value: around.value, ...(around.iteration !== undefined && { iteration: around.iteration }) },
        }),
        ...(around.outputs && { outputs: around.outputs }),
      });
    }
    ({ parent } = around);
  }
  return found;
}

/** Labels as a map; a dot in a system label's key nests (`labels.system.correlationId`). */
export function labelVariables(labels: readonly Label[]): JsonObject {
  const map: JsonObject = {};
  const system: JsonObject = {};
  for (const { key, value } of labels) {
    if (key.startsWith('system.')) system[key.slice('system.'.length)] = value;
    else map[key] = value;
  }
  return Object.keys(system).length > 0 ? { ...map, system } : map;
}

/** The flow's variables as the execution has changed them. */
export function variablesOf(flow: Flow, execution: Execution): JsonObject {
  const changed = Object.entries({ ...flow.variables, ...execution.variables });
  const removed = (key: string) => Object.hasOwn(execution.variables, key) && execution.variables[key] === null;
  return Object.fromEntries(changed.filter(([key]) => !removed(key)));
}
