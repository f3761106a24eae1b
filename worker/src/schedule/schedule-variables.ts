/** `trigger.*` of an execution that a date started. */
import type { JsonObject } from '../protocol/json.ts';
import { nextFitting, previousFitting } from './fitting-dates.ts';
import type { Found } from './fitting-dates.ts';
import type { DatedRule } from './schedule-step.ts';
import { dateText } from './zoned-date.ts';

/** With conditions, the dates around are those that satisfy them too. */
export async function scheduleVariables(rule: DatedRule, date: number): Promise<JsonObject> {
  const { timetable, fits, zone } = rule;
  const textOf = (found: Found) =>
    found.type === 'date' && found.error === undefined ? dateText(found.at, zone) : undefined;
  const next = textOf(await nextFitting(timetable, fits, date));
  const previous = textOf(await previousFitting(timetable, fits, date));
  return {
    date: dateText(date, zone),
    ...(next !== undefined && { next }),
    ...(previous !== undefined && { previous }),
  };
}
