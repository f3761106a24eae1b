/** Which other flows a flow names: those it calls, and those whose executions start it. Names that are only known when the flow
 *  runs (expressions) are left out. */
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Flow, Task, Trigger } from './flow.ts';

export interface FlowName {
  namespace: string;
  id: string;
}

const CALLING = new Set(['core.flow.Subflow', 'core.flow.ForEachItem']);
const LISTENING = 'core.trigger.Flow';

/** Flows that the tasks of a flow start. */
export function callsOf(flow: Flow): FlowName[] {
  return distinct(allTasks(flow).flatMap((task) => calledBy(task) ?? []));
}

/** The flow that a task starts, when it is one that does and its source names it. */
export function calledBy({ type, properties }: Task): FlowName | undefined {
  return CALLING.has(type) ? flowNameIn(properties) : undefined;
}

/** Flows whose executions a flow's triggers wait for. */
export function listensTo(flow: Flow): FlowName[] {
  return distinct(flow.triggers.filter(({ type }) => type === LISTENING).flatMap(sourcesOf));
}

/** A condition, a part of a set or a dependency names its flow by the same two members, at any depth. */
function sourcesOf({ conditions, properties }: Trigger): FlowName[] {
  const { preconditions, dependsOn } = properties;
  return [...conditions.map((condition) => condition.properties), preconditions, dependsOn].flatMap(namesWithin);
}

function namesWithin(value: Json | undefined): FlowName[] {
  if (Array.isArray(value)) return value.flatMap(namesWithin);
  if (!isJsonObject(value)) return [];
  const own = flowNameIn(value);
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(namesWithin)];
}

/** The flow that two members of a map name. */
export function flowNameIn({ namespace, flowId }: JsonObject): FlowName | undefined {
  return isName(namespace) && isName(flowId) ? { namespace, id: flowId } : undefined;
}

function isName(value: Json | undefined): value is string {
  return typeof value === 'string' && !value.includes('{{');
}

function allTasks({ tasks, errors, finally: last, afterExecution }: Flow): Task[] {
  return [tasks, errors, last, afterExecution].flatMap((list) => list.flatMap(withChildren));
}

function withChildren(task: Task): Task[] {
  return [task, ...Object.values(task.lists).flatMap((list) => list.flatMap(withChildren))];
}

function distinct(names: FlowName[]): FlowName[] {
  return [...new Map(names.map((name) => [`${name.namespace}/${name.id}`, name])).values()];
}
