/** The conditions of triggers, by type; a list of them is a conjunction. */
import type { Condition } from '../../flow/flow.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { Json } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { ConditionFault, allOf, anyOf, opposite } from './condition.ts';
import type { ConditionContext, Evaluate, Verdict } from './condition.ts';
import { dateTimeBetween, dayWeek, dayWeekInMonth, publicHoliday, timeBetween, weekend } from './dates.ts';
import {
  executionFlow,
  executionLabels,
  executionNamespace,
  executionStatus,
  expression,
  flow,
  flowNamespace,
  hasRetryAttempt,
} from './executions.ts';

export const MULTIPLE_CONDITION = 'core.condition.MultipleCondition';

const CONDITIONS: Readonly<Record<string, Evaluate>> = {
  'core.condition.DateTimeBetween': dateTimeBetween,
  'core.condition.DayWeek': dayWeek,
  'core.condition.DayWeekInMonth': dayWeekInMonth,
  'core.condition.ExecutionFlow': executionFlow,
  'core.condition.ExecutionLabels': executionLabels,
  'core.condition.ExecutionNamespace': executionNamespace,
  'core.condition.ExecutionOutputs': expression,
  'core.condition.ExecutionStatus': executionStatus,
  'core.condition.Expression': expression,
  'core.condition.FlowCondition': flow,
  'core.condition.FlowNamespaceCondition': flowNamespace,
  'core.condition.HasRetryAttempt': hasRetryAttempt,
  'core.condition.Not': async ({ conditions }, _context, nested) =>
    opposite(anyOf(await nested(conditionsOf(conditions)))),
  'core.condition.Or': async ({ conditions }, _context, nested) => anyOf(await nested(conditionsOf(conditions))),
  'core.condition.PublicHoliday': publicHoliday,
  'core.condition.TimeBetween': timeBetween,
  'core.condition.Weekend': weekend,
  // All at once; over several executions it is `ExecutionSet`'s.
  [MULTIPLE_CONDITION]: async ({ conditions }, _context, nested) => allOf(await nested(conditionsOf(conditions))),
};

/** Whether all conditions hold and the expression `when`, if there is one, is truthy; or why it cannot be known. */
export async function evaluateConditions(
  conditions: readonly Condition[],
  when: string | undefined,
  context: ConditionContext,
): Promise<Result<Verdict, string>> {
  const all =
    when === undefined
      ? conditions
      : [...conditions, { type: 'core.condition.Expression', properties: { expression: when } }];
  try {
    return ok(allOf(await evaluateEach(all, context)));
  } catch (fault) {
    if (fault instanceof ConditionFault) return fail(fault.message);
    throw fault;
  }
}

async function evaluateEach(conditions: readonly Condition[], context: ConditionContext): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { type, properties } of conditions) {
    const evaluate = Object.hasOwn(CONDITIONS, type) ? CONDITIONS[type] : undefined;
    if (evaluate === undefined) throw new ConditionFault(`The condition type ${type} is unknown`);
    verdicts.push(await evaluate(properties, context, (nested) => evaluateEach(nested, context)));
  }
  return verdicts;
}

/** The conditions inside a condition: a list, or a map of names. */
export function conditionsOf(value: Json | undefined): Condition[] {
  const items = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return items.flatMap((item) => conditionOf(item) ?? []);
}

export function conditionOf(value: Json): Condition | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, ...properties } = value;
  return { type: String(type), properties };
}
