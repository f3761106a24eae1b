/** Starting an execution, whoever asks: a person, a trigger, another execution. The id decides whether it is a new one. */
import type { ExecutionCreated } from '../engine/event.ts';
import type { Execution } from '../engine/execution.ts';
import type { Flow, Label } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import { stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Tenant } from '../tenant.ts';
import type { Answer } from './execution-object.ts';

export const CORRELATION_LABEL = 'system.correlationId';

export interface Start {
  id: ExecutionId;
  at: number;
  flow: Flow;
  /** Resolved and checked against the flow's declarations. */
  inputs: JsonObject;
  /** Beside those of the flow; they win over them. */
  labels: readonly Label[];
  trigger?: Execution['trigger'];
  scheduleAt?: number;
  kind?: Execution['kind'];
  parentId?: ExecutionId;
  originalId?: ExecutionId;
  originalCreatedAt?: number;
  attemptNumber?: number;
  caller?: Execution['caller'];
  /** A check of the flow wants it to be created and to fail. */
  failed?: string;
}

export interface StartOptions {
  /** The id was drawn for this start: no other can have made it. */
  isNew?: boolean;
  /** Answer when it has ended or waits for a person. */
  wait?: boolean;
  /** Where a person looks at it, for the answer. */
  url?: string;
}

/** JSON text of the execution; a repeated start answers with the one there is. */
export async function startExecution(
  tenant: Tenant,
  start: Start,
  options: StartOptions = {},
): Promise<Answer<string>> {
  const { flow, labels, ...rest } = start;
  const event: ExecutionCreated = {
    type: 'execution.created',
    ...rest,
    namespace: flow.namespace,
    flowId: flow.id,
    flowRevision: flow.revision,
    labels: startLabels(flow, labels, start.id),
  };
  return tenant.execution(start.id).create({ tenant: tenant.record, event: stringifyJson(event), ...options });
}

/** The flow's labels, then those of this start: one of each key, the later wins. Every execution has a correlation id, its own unless
 *  it was given one. */
function startLabels(flow: Flow, labels: readonly Label[], id: ExecutionId): Label[] {
  const merged = new Map([...flow.labels, ...labels].map((label) => [label.key, label]));
  if (!merged.has(CORRELATION_LABEL)) merged.set(CORRELATION_LABEL, { key: CORRELATION_LABEL, value: id });
  return [...merged.values()];
}
