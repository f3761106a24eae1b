/** Flow triggers of a tenant: who is told of an execution that has reached a state, and what it starts. */
import { decodeExecution } from '../engine/codec.ts';
import type { Execution } from '../engine/execution.ts';
import type { Config } from '../env.ts';
import type { Flow, Trigger } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import { isExecutionId } from '../ids.ts';
import { FLOW_TRIGGER_TAKEN_MAX } from '../limits.ts';
import { parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ExecutionFact } from '../protocol/fact.ts';
import type { State } from '../protocol/states.ts';
import type { SourceExecution } from '../schedule/conditions/condition.ts';
import {
  NEW_FLOW_TRIGGER,
  executionSeen,
  flowTriggerVariables,
  readFlowTrigger,
  wasMissed,
  windowEnd,
} from '../schedule/flow-trigger.ts';
import { renderLabels } from '../schedule/start-values.ts';
import type { Tenant } from '../tenant.ts';
import type { TriggerRow, TriggerState } from './scheduler-store.ts';
import { CORRELATION_LABEL } from './start-execution.ts';
import type { TriggerStart } from './trigger-start.ts';
import { flowWorld } from './trigger-world.ts';

/** What a fold of a trigger's row gives: its next state, and what it starts. */
export interface TriggerTurn {
  state: TriggerState;
  start?: TriggerStart;
  wake?: number;
  error?: string;
}

export interface Listening {
  tenant: Tenant;
  config: Config;
  now: number;
}

/** The whole execution behind a fact, read when the first listener asks for it. */
export class FactSource {
  readonly fact: ExecutionFact;
  readonly #tenant: Tenant;
  #execution: Promise<Execution | undefined> | undefined;

  constructor(tenant: Tenant, fact: ExecutionFact) {
    this.#tenant = tenant;
    this.fact = fact;
  }

  execution(): Promise<Execution | undefined> {
    const { id } = this.fact;
    this.#execution ??= isExecutionId(id) ? this.#read(id) : Promise.resolve(undefined);
    return this.#execution;
  }

  async #read(id: ExecutionId): Promise<Execution | undefined> {
    const encoded = await this.#tenant.execution(id).snapshot(id);
    return (
      encoded &&
      decodeExecution(
        encoded.head,
        encoded.chunks.map(({ text }) => text),
      )
    );
  }
}

/** Undefined when the execution does not concern the trigger. */
export async function listen(
  row: TriggerRow,
  flow: Flow,
  source: FactSource,
  around: Listening,
): Promise<TriggerTurn | undefined> {
  const { tenant, config, now } = around;
  const { fact } = source;
  const key = `${fact.id}/${fact.version}`;
  const { taken = [], seen = NEW_FLOW_TRIGGER } = row.state;
  if (isOwn(row, fact) || row.state.disabled || taken.includes(key)) return undefined;
  const trigger = parseJson(row.definition) as unknown as Trigger;
  const rule = readFlowTrigger(trigger, row.namespace);
  if (rule.states !== undefined && !rule.states.includes(fact.state)) return undefined;

  const execution = await source.execution();
  const world = flowWorld(tenant, config, flow, () => now, execution);
  const told = toldOf(fact, execution);
  const variables = flowTriggerVariables(told);
  const withOutputs = { ...variables, labels: labelsOf(fact), ...(told.outputs && { outputs: told.outputs }) };
  const answer = await executionSeen(
    rule,
    seen,
    { ...world, execution: told, render: (template) => world.render(template, { trigger: withOutputs }) },
    now,
  );
  const state: TriggerState = {
    ...row.state,
    seen: answer.state,
    taken: [...taken, key].slice(-FLOW_TRIGGER_TAKEN_MAX),
  };
  const wake = windowEnd(rule, now, world.zone);
  const turn = {
    state,
    ...(wake !== undefined && { wake }),
    ...(answer.warning !== undefined && { error: answer.warning }),
  };
  if (!answer.fires) return turn;

  const outputs = { ...answer.outputs, ...told.outputs };
  const scope = { ...withOutputs, ...(Object.keys(outputs).length > 0 && { outputs }) };
  const inputs = await world.renderMap(trigger.inputs ?? {}, { trigger: scope });
  if (!inputs.ok) return { ...turn, error: inputs.error };
  const { labels } = await renderLabels(trigger.labels, (template) => world.render(template, { trigger: scope }));
  const start: TriggerStart = {
    ...keyOf(row),
    id: await tenant.executionIdFor(`flow-trigger/${pathOf(row)}/${key}`),
    revision: row.revision,
    type: row.sourceType,
    variables,
    inputs: inputs.value,
    isLenient: true,
    labels: [...fact.labels.filter(({ key: name }) => name === CORRELATION_LABEL), ...labels],
    at: now,
  };
  return { ...turn, state: { ...state, startedAt: now }, start };
}

/** The window of a trigger that must not miss it has closed. */
export async function windowClosed(
  row: TriggerRow,
  zone: string,
  { tenant, now }: Omit<Listening, 'config'>,
): Promise<TriggerTurn> {
  const rule = readFlowTrigger(parseJson(row.definition) as unknown as Trigger, row.namespace);
  const seen = row.state.seen ?? NEW_FLOW_TRIGGER;
  const closedAt = row.wake ?? now;
  const wake = windowEnd(rule, Math.max(now, closedAt + 1), zone);
  const next = { state: row.state, ...(wake !== undefined && { wake }) };
  if (!wasMissed(rule, seen, closedAt, zone)) return next;
  const start: TriggerStart = {
    ...keyOf(row),
    id: await tenant.executionIdFor(`flow-trigger-missed/${pathOf(row)}/${closedAt}`),
    revision: row.revision,
    type: row.sourceType,
    variables: {},
    inputs: {},
    isLenient: true,
    labels: [...rule.missLabels],
    at: now,
    failed: 'The window has closed before all executions that the trigger depends on have come together.',
  };
  return { ...next, state: { ...row.state, startedAt: now }, start };
}

/** A trigger never fires for executions of its own flow. */
function isOwn({ namespace, flowId }: TriggerRow, fact: ExecutionFact): boolean {
  return namespace === fact.namespace && flowId === fact.flowId;
}

function toldOf(
  { id, namespace, flowId, flowRevision, state, labels }: ExecutionFact,
  execution: Execution | undefined,
): SourceExecution {
  return {
    ...{ id, namespace, flowId, flowRevision, state, labels },
    ...(execution?.outputs && { outputs: execution.outputs }),
    attemptStates: () =>
      [...(execution?.taskRuns ?? [])].flatMap(({ attempts }) => attempts.map((one): State => one.state.current)),
  };
}

function labelsOf({ labels }: ExecutionFact): JsonObject {
  return Object.fromEntries(labels.map(({ key, value }) => [key, value]));
}

export function keyOf({ namespace, flowId, triggerId }: TriggerRow) {
  return { namespace, flowId, triggerId };
}

export function pathOf({ namespace, flowId, triggerId }: TriggerRow): string {
  return `${namespace}/${flowId}/${triggerId}`;
}
