/** An execution that a trigger starts: written down when the trigger fires, performed afterwards, as often as it takes. */
import { flowAt } from '../db/compiled-flows.ts';
import type { Config } from '../env.ts';
import type { Label } from '../flow/flow.ts';
import type { ResolvedInputs } from '../flow/inputs/resolve.ts';
import type { ExecutionId } from '../ids.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Tenant } from '../tenant.ts';
import { readInputs } from './flow-inputs.ts';
import type { TriggerKey } from './scheduler-store.ts';
import { startExecution } from './start-execution.ts';
import { triggerServices } from './trigger-world.ts';

/** Plain data. */
export interface TriggerStart extends TriggerKey {
  /** Follows from what has happened, so that the same start is the same execution. */
  id: ExecutionId;
  revision: number;
  /** The trigger's type as its source writes it. */
  type: string;
  variables: JsonObject;
  /** Inputs as the trigger gives them, rendered. */
  inputs: JsonObject;
  /** It runs although inputs are missing: its caller cannot know them. */
  isLenient: boolean;
  labels: Label[];
  at: number;
  scheduleAt?: number;
  /** It is created and fails at once. */
  failed?: string;
}

/** Answers why it cannot be started; throws when it may be tried again. */
export async function performTriggerStart(
  tenant: Tenant,
  config: Config,
  start: TriggerStart,
): Promise<string | undefined> {
  const { id, namespace, flowId, revision, triggerId, type, variables, at, scheduleAt, failed } = start;
  const flow = await flowAt(tenant, { namespace, flowId, flowRevision: revision });
  if (flow === undefined) return `Flow ${namespace}.${flowId} has no revision ${revision} that can be run.`;
  const services = triggerServices(tenant, config, flow, at, id);
  const resolved = await readInputs(flow, start.inputs, { tenant: tenant.id, services });
  const errors = inputErrors(resolved, start);
  if (errors.length > 0 && failed === undefined) return errors.join('; ');
  const answer = await startExecution(tenant, {
    id,
    at,
    flow,
    inputs: resolved.values,
    labels: start.labels,
    trigger: { id: triggerId, type, variables },
    ...(scheduleAt !== undefined && { scheduleAt }),
    ...(failed !== undefined && { failed }),
  });
  return answer.ok ? undefined : answer.error.message;
}

/** What is wrong with the inputs; a lenient start is blamed only for those that it gives. */
export function inputErrors(
  { errors }: ResolvedInputs,
  { inputs, isLenient }: Pick<TriggerStart, 'inputs' | 'isLenient'>,
): string[] {
  const relevant = Object.entries(errors).filter(([id]) => !isLenient || Object.hasOwn(inputs, id));
  return relevant.map(([, message]) => message);
}
