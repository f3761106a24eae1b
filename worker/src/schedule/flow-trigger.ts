/** Flow triggers: which executions of other flows start one of this flow. */
import type { Condition, Label, Trigger } from '../flow/flow.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { TERMINAL_STATES } from '../protocol/states.ts';
import type { State } from '../protocol/states.ts';
import type { ConditionContext, SourceExecution } from './conditions/condition.ts';
import { MULTIPLE_CONDITION, conditionOf, evaluateConditions } from './conditions/evaluate.ts';
import { labelsOf } from './conditions/executions.ts';
import { filtersHold } from './conditions/filters.ts';
import { NOTHING_MET, observe } from './execution-set.ts';
import type { ExecutionSet, SetState } from './execution-set.ts';
import { readDependencyWindow, readTimeWindow, windowAt } from './time-window.ts';

export const FLOW_TRIGGER = 'core.trigger.Flow';

type Holds = (context: ConditionContext) => Promise<boolean>;

export interface FlowTriggerRule {
  /** Undefined when its parts bring states of their own. */
  states: readonly State[] | undefined;
  conditions: readonly Condition[];
  when?: string;
  set?: ExecutionSet & { tests: Readonly<Record<string, Holds>> };
  /** The window must not close before the set is complete. */
  failsOnMiss: boolean;
  /** Labels of the execution that fails when it does. */
  missLabels: readonly Label[];
}

/** What has been met so far. */
export interface FlowTriggerState {
  /** The id of the set that it is about. */
  setId?: string;
  set: SetState;
  /** Outputs of the executions that met a part, by the part's name. */
  outputs: Readonly<Record<string, JsonObject>>;
}

export const NEW_FLOW_TRIGGER: FlowTriggerState = { set: NOTHING_MET, outputs: {} };

const RESTING: readonly State[] = [...TERMINAL_STATES, 'PAUSED'];

export function readFlowTrigger({ conditions, when, properties }: Trigger, namespace: string): FlowTriggerRule {
  const multiple = conditions.find(({ type }) => type === MULTIPLE_CONDITION);
  const { states, preconditions, dependsOn, onMiss } = properties;
  const set =
    (Array.isArray(dependsOn) && dependencySet(properties, dependsOn, namespace)) ||
    (isJsonObject(preconditions) && preconditionSet(preconditions)) ||
    (multiple !== undefined && multipleSet(multiple.properties)) ||
    undefined;
  return {
    states: Array.isArray(states) ? (states as State[]) : Array.isArray(dependsOn) ? undefined : RESTING,
    conditions: conditions.filter((condition) => condition !== multiple),
    when,
    set,
    failsOnMiss: isJsonObject(onMiss) && onMiss.behavior !== 'NONE',
    missLabels: isJsonObject(onMiss) ? labelsOf(onMiss.labels).map(([key, value]) => ({ key, value })) : [],
  };
}

export interface FlowTriggerStep {
  state: FlowTriggerState;
  fires: boolean;
  /** Outputs of all executions of a complete set, by flow. */
  outputs?: JsonObject;
  /** A condition could not be evaluated and counts as not met. */
  warning?: string;
}

/** An execution of another flow has reached a state. */
export async function executionSeen(
  rule: FlowTriggerRule,
  before: FlowTriggerState,
  context: ConditionContext & { execution: SourceExecution },
  now: number,
): Promise<FlowTriggerStep> {
  const { execution } = context;
  const state = before.setId === rule.set?.id ? before : NEW_FLOW_TRIGGER;
  if (rule.states !== undefined && !rule.states.includes(execution.state)) return { state, fires: false };
  const verdict = await evaluateConditions(rule.conditions, rule.when, context);
  if (!verdict.ok) return { state, fires: false, warning: verdict.error };
  if (!verdict.value.holds) return { state, fires: false };
  if (rule.set === undefined) return { state, fires: true };
  const parts: string[] = [];
  for (const [part, holds] of Object.entries(rule.set.tests)) if (await holds(context)) parts.push(part);
  const seen = observe(rule.set, state.set, parts, now, context.zone);
  const outputs =
    execution.outputs === undefined ? {} : Object.fromEntries(parts.map((part) => [part, execution.outputs ?? {}]));
  const all = { ...state.outputs, ...outputs };
  const kept = Object.fromEntries(Object.entries(all).filter(([part]) => Object.hasOwn(seen.state.met, part)));
  return {
    state: { setId: rule.set.id, set: seen.state, outputs: kept },
    fires: seen.fires,
    ...(seen.fires && { outputs: all }),
  };
}

const DAY_MS = 86_400_000;

/** When the window closes that is in force or opens next; only triggers that must not miss it are woken then. */
export function windowEnd({ failsOnMiss, set }: FlowTriggerRule, now: number, zone: string): number | undefined {
  if (!failsOnMiss || set === undefined) return undefined;
  const { window } = set;
  if (window.type !== 'daily' && window.type !== 'tumbling') return undefined;
  // The window of a day that is over is followed by the one of the next day.
  return [now, now + DAY_MS].map((at) => windowAt(window, at, zone).end).find((end) => end >= now);
}

/** Whether the window that closed at this instant was over before the set was complete. */
export function wasMissed({ set }: FlowTriggerRule, state: FlowTriggerState, closedAt: number, zone: string): boolean {
  return set !== undefined && state.set.firedIn !== windowAt(set.window, closedAt, zone).start;
}

/** `trigger.*` of an execution that another one started. Outputs are seen only while the inputs are rendered. */
export function flowTriggerVariables({ id, namespace, flowId, flowRevision, state }: SourceExecution): JsonObject {
  return { executionId: id, namespace, flowId, flowRevision, state };
}

function multipleSet({
  id,
  timeWindow,
  window,
  windowAdvance,
  resetOnSuccess,
  conditions,
}: JsonObject): FlowTriggerRule['set'] {
  const parts = isJsonObject(conditions) ? Object.entries(conditions) : [];
  return {
    id: String(id),
    ...allOf(parts.map(([name, part]) => [name, conditionsHold([part])])),
    window: readTimeWindow(timeWindow ?? { ...(window && { window }), ...(windowAdvance && { windowAdvance }) }),
    resetOnSuccess: resetOnSuccess !== false,
    fireOnce: false,
  };
}

function preconditionSet({ id, timeWindow, resetOnSuccess, flows, where }: JsonObject): FlowTriggerRule['set'] {
  const entries = [
    ...listOf(flows).map((entry, index): [string, Holds] => [`flow-${index}`, conditionsHold(partConditions(entry))]),
    ...listOf(where).map((entry): [string, Holds] => [
      `where-${String(entry.id)}`,
      (context) => filtersHold(entry, context),
    ]),
  ];
  return {
    id: String(id),
    ...allOf(entries),
    window: readTimeWindow(timeWindow),
    resetOnSuccess: resetOnSuccess !== false,
    fireOnce: false,
  };
}

function dependencySet(
  { mode, minSatisfied, window }: JsonObject,
  dependsOn: Json[],
  namespace: string,
): FlowTriggerRule['set'] {
  const entries = listOf(dependsOn).map((entry, index): [string, Holds] => {
    const full = { namespace, states: ['SUCCESS', 'WARNING'], ...entry };
    return [String(entry.flowId ?? index), conditionsHold(partConditions(full))];
  });
  const all = allOf(entries);
  return {
    id: 'dependsOn',
    ...all,
    needed: mode === 'ANY' ? 1 : mode === 'AT_LEAST' ? Number(minSatisfied) : all.needed,
    window: readDependencyWindow(window),
    resetOnSuccess: true,
    fireOnce: isJsonObject(window) && window.fireOnce === true,
  };
}

function allOf(entries: [string, Holds][]): Pick<NonNullable<FlowTriggerRule['set']>, 'parts' | 'tests' | 'needed'> {
  const tests = Object.fromEntries(entries);
  const parts = Object.keys(tests);
  return { parts, tests, needed: parts.length };
}

/** An entry of `flows` or `dependsOn` as the conditions it stands for. */
function partConditions({ namespace, flowId, states, labels, when }: JsonObject): Json[] {
  return [
    flowId === undefined || flowId === null
      ? { type: 'core.condition.ExecutionNamespace', namespace: namespace ?? '' }
      : { type: 'core.condition.ExecutionFlow', namespace: namespace ?? '', flowId },
    ...(Array.isArray(states) ? [{ type: 'core.condition.ExecutionStatus', in: states }] : []),
    ...(labels === undefined ? [] : [{ type: 'core.condition.ExecutionLabels', labels }]),
    ...(typeof when === 'string' ? [{ type: 'core.condition.Expression', expression: when }] : []),
  ];
}

/** A part that cannot be evaluated is not met: other executions may still meet it. */
function conditionsHold(sources: readonly Json[]): Holds {
  const conditions = sources.flatMap((source) => conditionOf(source) ?? []);
  return async (context) => {
    const verdict = await evaluateConditions(conditions, undefined, context);
    return verdict.ok && verdict.value.holds;
  };
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
