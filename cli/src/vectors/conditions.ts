/** The condition vectors: conditions of triggers, windows of several executions, labels of Flow triggers. */
import { conditionTypes } from '../../../worker/src/flow/flow-reader.ts';
import { readLabels } from '../../../worker/src/flow/labels.ts';
import { isJsonObject } from '../../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../../worker/src/protocol/json.ts';
import type { State } from '../../../worker/src/protocol/states.ts';
import type { ConditionContext, SourceExecution } from '../../../worker/src/schedule/conditions/condition.ts';
import { conditionOf, evaluateConditions } from '../../../worker/src/schedule/conditions/evaluate.ts';
import { NOTHING_MET, currentState, observe } from '../../../worker/src/schedule/execution-set.ts';
import type { ExecutionSet, SetState } from '../../../worker/src/schedule/execution-set.ts';
import { mergeLabels, renderLabels } from '../../../worker/src/schedule/start-values.ts';
import { readTimeWindow } from '../../../worker/src/schedule/time-window.ts';
import type { Got } from './judge.ts';
import { instantIn, mapIn, textIn, triggerOf, triggerWorld } from './trigger-world.ts';

export async function runConditionVector(vector: JsonObject, head: JsonObject): Promise<Got> {
  const now = instantIn(head, 'clock') ?? Date.now();
  const zone = textIn(head, 'systemZone') ?? 'UTC';
  switch (vector.kind) {
    case 'condition':
      return evaluate(vector, mapIn(head, 'defaultContext'), now, zone);
    case 'timeWindow':
      return window(vector, now, zone);
    case 'flowTrigger':
      return flowTrigger(vector, now, zone);
    default:
      throw new Error(`unknown kind ${String(vector.kind)}`);
  }
}

async function evaluate(vector: JsonObject, defaults: JsonObject, now: number, zone: string): Promise<Got> {
  const context = mapIn(vector, 'context');
  const flow = { ...mapIn(defaults, 'flow'), ...mapIn(context, 'flow') };
  const execution = { ...mapIn(defaults, 'execution'), ...mapIn(context, 'execution') };
  const own = { namespace: String(flow.namespace), id: String(flow.id) };
  const world = triggerWorld(now, zone, own, {
    flow,
    execution,
    inputs: execution.inputs ?? {},
    trigger: { ...execution, outputs: execution.outputs ?? {} },
  });
  const conditionContext: ConditionContext = {
    ...world,
    execution: sourceOf(execution),
    render: (template) => world.render(template, {}),
  };
  const condition = conditionOf(canonical(vector.condition ?? null));
  if (condition === undefined) throw new Error('a condition is a map');
  const verdict = await evaluateConditions([condition], undefined, conditionContext);
  return verdict.ok ? { result: verdict.value.holds } : { error: verdict.error };
}

/** With the names that types have now, at any depth. */
function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isJsonObject(value)) return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, canonical(item)]));
  const type = typeof value.type === 'string' ? (conditionTypes.find(value.type)?.type ?? value.type) : undefined;
  return type === undefined ? members : { ...members, type };
}

function sourceOf(execution: JsonObject): SourceExecution {
  const runs = Array.isArray(execution.taskRunList) ? execution.taskRunList.filter(isJsonObject) : [];
  const attempts = runs.flatMap(({ attempts: list }) => (Array.isArray(list) ? list.filter(isJsonObject) : []));
  return {
    id: textIn(execution, 'id') ?? '',
    namespace: textIn(execution, 'namespace') ?? '',
    flowId: textIn(execution, 'flowId') ?? '',
    flowRevision: 1,
    state: execution.state as State,
    labels: readLabels(execution.labels ?? []).labels,
    attemptStates: () => attempts.map((attempt) => mapIn(attempt, 'state').current as State),
  };
}

function window(vector: JsonObject, now: number, zone: string): Got {
  const recorded = Object.entries(mapIn(vector, 'record'));
  const set: ExecutionSet = {
    id: 'set',
    parts: recorded.map(([part]) => part),
    needed: Infinity,
    window: readTimeWindow(vector.timeWindow),
    resetOnSuccess: true,
    fireOnce: false,
  };
  const met = recorded.filter(([, holds]) => holds === true).map(([part]) => part);
  const { state } = observe(set, NOTHING_MET, met, now, zone);
  const { end, ...first } = windowView(set, state, now, zone);
  if (typeof vector.laterMs !== 'number') return { ...first, end };
  const later = now + vector.laterMs;
  return { ...first, end, later: { ...windowView(set, state, later, zone), expired: later > Date.parse(end) } };
}

function windowView(set: ExecutionSet, state: SetState, now: number, zone: string) {
  const { window: current, met } = currentState(set, state, now, zone);
  return {
    start: new Date(current.start).toISOString(),
    end: new Date(current.end).toISOString(),
    expired: now > current.end,
    results: Object.fromEntries(Object.keys(met).map((part) => [part, true])),
  };
}

async function flowTrigger(vector: JsonObject, now: number, zone: string): Promise<Got> {
  const trigger = triggerOf(vector.trigger);
  const world = triggerWorld(now, zone, { namespace: 'company.team', id: 'flow' }, {});
  const { labels } = await renderLabels(trigger.labels, (template) => world.render(template, {}));
  const merged = mergeLabels(readLabels(vector.flowLabels ?? {}).labels, labels);
  return { labels: Object.fromEntries(merged.map(({ key, value }) => [key, value])) };
}
