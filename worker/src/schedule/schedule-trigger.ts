/** A Schedule or ScheduleOnDates trigger of a flow, made ready for `schedule-step`. */
import type { MaybePromise } from '../expression/services.ts';
import type { Trigger } from '../flow/flow.ts';
import type { JsonObject } from '../protocol/json.ts';
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { ConditionContext } from './conditions/condition.ts';
import { evaluateConditions } from './conditions/evaluate.ts';
import { readScheduleRule } from './schedule-rule.ts';
import type { DatedRule } from './schedule-step.ts';
import { dateText } from './zoned-date.ts';

/** What the triggers of a flow see of the world. */
export interface TriggerWorld {
  readonly flow: { readonly namespace: string; readonly id: string };
  /** The zone of triggers and dates that name none. */
  readonly zone: string;
  /** The text of a template with these variables beside those of the flow. */
  render(template: string, variables: JsonObject): MaybePromise<Result<string, string>>;
  readonly isPublicHoliday?: ConditionContext['isPublicHoliday'];
}

export async function readScheduleTrigger(trigger: Trigger, world: TriggerWorld): Promise<Result<DatedRule, string>> {
  const rule = await readScheduleRule(trigger, world.zone, (template) => world.render(template, {}));
  if (!rule.ok) return rule;
  const { conditions, when } = trigger;
  if (conditions.length === 0 && when === undefined) return ok({ ...rule.value, fits: everyDate });
  const { zone } = rule.value;
  return ok({
    ...rule.value,
    fits: (at) => evaluateConditions(conditions, when, contextAt(world, at, zone)),
  });
}

async function everyDate() {
  return ok({ holds: true });
}

function contextAt(
  { flow, zone, render, isPublicHoliday }: TriggerWorld,
  at: number,
  dateZone: string,
): ConditionContext {
  const trigger = { date: dateText(at, dateZone) };
  return {
    flow,
    zone,
    date: { at, zone: dateZone },
    render: (template) => render(template, { trigger: { ...trigger, timestamp: at }, schedule: trigger }),
    isPublicHoliday,
  };
}
