/** Triggers as the API shows them: the members of both lines of the API side by side, so that clients of either find theirs. */
import type { Trigger } from '../flow/flow.ts';
import type { TriggerRow } from '../objects/scheduler-store.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Backfill } from '../schedule/schedule-state.ts';
import { isExpression } from '../tasks/properties.ts';
import { instant } from './respond.ts';

/** Clients know no kind for triggers that listen to executions, or that are called. */
const KINDS = { schedule: { kind: 'SCHEDULE' }, polling: { kind: 'POLLING' }, flow: {}, webhook: {} } as const;

/** The state of a trigger: `date`, `nextExecutionDate`, `updatedDate` as 1.x calls them, the rest as 2.0 does. */
export function triggerState(tenant: string, row: TriggerRow): JsonObject {
  const { namespace, flowId, triggerId, revision, state, updatedAt, error } = row;
  const { stopAfter, disabled } = parseJson(row.definition) as unknown as Trigger;
  const { date, next, lock, backfill, startedAt } = state;
  const nextDate = state.disabled || row.isOff || next === undefined ? undefined : instant(next);
  return {
    tenantId: tenant,
    namespace,
    flowId,
    triggerId,
    flowRevision: revision,
    disabled: state.disabled || disabled,
    locked: lock !== undefined,
    ...KINDS[row.kind],
    updatedDate: instant(updatedAt),
    updatedAt: instant(updatedAt),
    // Mandatory in 1.x: a trigger that has not been evaluated yet has the moment at which it became known.
    date: instant(date ?? updatedAt),
    ...(date !== undefined && { evaluatedAt: instant(date) }),
    ...(nextDate !== undefined && { nextExecutionDate: nextDate, nextEvaluationDate: nextDate }),
    ...(startedAt !== undefined && { lastTriggeredDate: instant(startedAt) }),
    ...(lock !== undefined && { executionId: lock }),
    ...(stopAfter.length > 0 && { stopAfter }),
    ...(backfill && { backfill: viewBackfill(backfill) }),
    ...(error !== undefined && { error }),
  };
}

function viewBackfill({ start, end, current, paused, inputs, labels, previousNext }: Backfill): JsonObject {
  return {
    start: instant(start),
    end: instant(end),
    currentDate: instant(current),
    paused,
    ...(inputs && { inputs }),
    ...(labels && { labels: labels.map(({ key, value }) => ({ key, value })) }),
    ...(previousNext !== undefined && { previousNextExecutionDate: instant(previousNext) }),
  };
}

/** An item of a search; `source` is the trigger as the flow writes it. */
export function foundTrigger(tenant: string, row: TriggerRow, source: JsonObject): JsonObject {
  const state = triggerState(tenant, row);
  const shown = row.kind === 'webhook' ? masked(source) : source;
  return { abstractTrigger: shown, triggerContext: state, trigger: shown, state };
}

/** The key of a webhook is a credential: who may list triggers need not know it. An expression tells nothing. */
function masked({ key, signature, ...source }: JsonObject): JsonObject {
  return {
    ...source,
    ...(key !== undefined && { key: isExpression(key) ? key : MASK }),
    ...(isJsonObject(signature) && {
      signature: { ...signature, secret: isExpression(signature.secret) ? signature.secret : MASK },
    }),
  };
}

const MASK = '******';
