/** What a Schedule or ScheduleOnDates trigger says, read once: its dates, its zone and what becomes of missed dates. */
import type { Trigger } from '../flow/flow.ts';
import { parseDuration } from '../protocol/duration.ts';
import { parseJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { ConditionContext } from './conditions/condition.ts';
import { cronTimetable, parseCron } from './cron.ts';
import { datesTimetable } from './timetable.ts';
import type { Timetable } from './timetable.ts';
import { readDate, zoneOf } from './zoned-date.ts';

export const SCHEDULE = 'core.trigger.Schedule';
export const SCHEDULE_ON_DATES = 'core.trigger.ScheduleOnDates';

export interface ScheduleRule {
  timetable: Timetable;
  zone: string;
  recover: 'ALL' | 'LAST' | 'NONE';
  /** The trigger itself says what to recover: then it holds for every reason of missing. */
  recoverIsWritten: boolean;
  lateMaximumDelayMs?: number;
  /** Dates of a list count although they were past when the trigger was new. */
  countsFromStart: boolean;
}

/** An error is for the trigger's log: a flow that is stored already must not stop the others. */
export async function readScheduleRule(
  { type, properties }: Pick<Trigger, 'type' | 'properties'>,
  systemZone: string,
  render: ConditionContext['render'],
): Promise<Result<ScheduleRule, string>> {
  const { timezone, cron, withSeconds, dates, recoverMissedSchedules, lateMaximumDelay } = properties;
  const zone = typeof timezone === 'string' ? zoneOf(timezone) : systemZone;
  if (zone === undefined) return fail(`Unknown time-zone ID: ${String(timezone)}`);
  let timetable: Timetable;
  if (type === SCHEDULE) {
    const pattern = parseCron(typeof cron === 'string' ? cron : '', { withSeconds: withSeconds === true });
    if (!pattern.ok) return pattern;
    timetable = cronTimetable(pattern.value, zone);
  } else {
    const list = await readDates(dates ?? [], zone, render);
    if (!list.ok) return list;
    timetable = datesTimetable(list.value);
  }
  const delay = typeof lateMaximumDelay === 'string' ? parseDuration(lateMaximumDelay) : undefined;
  return ok({
    timetable,
    zone,
    recover: recoverMissedSchedules === 'LAST' || recoverMissedSchedules === 'NONE' ? recoverMissedSchedules : 'ALL',
    recoverIsWritten: recoverMissedSchedules !== undefined && recoverMissedSchedules !== null,
    ...(delay !== undefined && { lateMaximumDelayMs: delay }),
    countsFromStart: type === SCHEDULE_ON_DATES,
  });
}

/** A list of texts, or one expression that renders to its JSON. */
async function readDates(
  source: Json,
  zone: string,
  render: ConditionContext['render'],
): Promise<Result<number[], string>> {
  if (typeof source === 'string') {
    const text = await render(source);
    if (!text.ok) return text;
    const list = jsonOf(text.value);
    return Array.isArray(list) ? readDates(list, zone, render) : fail(`dates: \`${text.value}\` is no list`);
  }
  const found: number[] = [];
  for (const item of Array.isArray(source) ? source : []) {
    const text = await render(String(item));
    if (!text.ok) return text;
    const date = readDate(text.value, zone);
    if (date === undefined) return fail(`dates: \`${text.value}\` is no ISO date, like 2026-11-20T06:00:00Z`);
    found.push(date.epochMilliseconds);
  }
  return ok(found);
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
