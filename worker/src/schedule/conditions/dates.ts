/** Conditions about a date: by default `{{ trigger.date }}`, which moves while dates are searched; any other one stands still. */
import type { Json, JsonObject } from '../../protocol/json.ts';
import { midnight, readDate, readTime, zonedDate } from '../zoned-date.ts';
import type { ZonedDate } from '../zoned-date.ts';
import { ConditionFault } from './condition.ts';
import type { ConditionContext, Evaluate, Span, Verdict } from './condition.ts';

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const TRIGGER_DATE = /^\{\{\s*trigger\.date\s*\}\}$/;

export const dateTimeBetween: Evaluate = async (properties, context) => {
  const { date, moves } = await dateOf(properties, context);
  const after = await boundOf(properties.after, context);
  const before = await boundOf(properties.before, context);
  if (after === undefined && before === undefined)
    throw new ConditionFault('DateTimeBetween needs `after` or `before`');
  const at = date.epochMilliseconds;
  // Both bounds are excluded: the instant of a bound is on its outer side.
  if (before !== undefined && at >= before) return verdict(false, moves && { from: before, until: Infinity });
  if (after !== undefined && at <= after) return verdict(false, moves && { from: -Infinity, until: after + 1 });
  return verdict(true, moves && { from: after === undefined ? -Infinity : after + 1, until: before ?? Infinity });
};

export const timeBetween: Evaluate = async (properties, context) => {
  const { date, moves } = await dateOf(properties, context);
  const after = await timeOf(properties.after, context);
  const before = await timeOf(properties.before, context);
  if (after === undefined && before === undefined) throw new ConditionFault('TimeBetween needs `after` or `before`');
  const isAfter = after === undefined || localTime(date, after.offset) > nanosOf(after.time);
  const isBefore = before === undefined || localTime(date, before.offset) < nanosOf(before.time);
  // A period over midnight, as in after 22:00 and before 06:00.
  const wraps = after !== undefined && before !== undefined && nanosOf(after.time) > nanosOf(before.time);
  const turns = [...turnsOf(date, after, 1), ...turnsOf(date, before, 0)];
  return verdict(
    wraps ? isAfter || isBefore : isAfter && isBefore,
    moves && spanBetween(turns, date.epochMilliseconds),
  );
};

export const dayWeek: Evaluate = (properties, context) =>
  byDay(properties, context, async (date) => date.dayOfWeek === (await weekdayOf(properties, context)));

export const weekend: Evaluate = (properties, context) => byDay(properties, context, (date) => date.dayOfWeek >= 6);

export const dayWeekInMonth: Evaluate = (properties, context) =>
  byDay(properties, context, async (date) => {
    if (date.dayOfWeek !== (await weekdayOf(properties, context))) return false;
    const which = await rendered(properties.dayInMonth, context);
    if (which === 'LAST') return date.day + 7 > date.daysInMonth;
    const index = ['FIRST', 'SECOND', 'THIRD', 'FOURTH'].indexOf(which ?? '');
    if (index < 0)
      throw new ConditionFault(`dayInMonth '${which ?? ''}' is none of FIRST, SECOND, THIRD, FOURTH, LAST`);
    return Math.ceil(date.day / 7) === index + 1;
  });

/** Without a country the days of the United States, as the calendar that flows were written for has it. */
export const publicHoliday: Evaluate = (properties, context) =>
  byDay(properties, context, async (date) => {
    if (context.isPublicHoliday === undefined) throw new ConditionFault('Public holidays are not known here');
    const country = (await rendered(properties.country, context)) ?? 'US';
    const region = await rendered(properties.subDivision, context);
    try {
      return await context.isPublicHoliday(date.toPlainDate().toString(), country, region);
    } catch (cause) {
      throw new ConditionFault(cause instanceof Error ? cause.message : String(cause));
    }
  });

async function byDay(
  properties: JsonObject,
  context: ConditionContext,
  test: (date: ZonedDate) => boolean | Promise<boolean>,
): Promise<Verdict> {
  const { date, moves } = await dateOf(properties, context);
  const day = { from: midnight(date).epochMilliseconds, until: midnight(date, 1).epochMilliseconds };
  return verdict(await test(date), moves && day);
}

/** `moves`: it is the date that a search tries, not one that the flow names. */
async function dateOf({ date }: JsonObject, context: ConditionContext): Promise<{ date: ZonedDate; moves: boolean }> {
  const template = date ?? '{{ trigger.date }}';
  if (context.date !== undefined && typeof template === 'string' && TRIGGER_DATE.test(template)) {
    return { date: zonedDate(context.date.at, context.date.zone), moves: true };
  }
  const text = (await rendered(template, context)) ?? '';
  const read = readDate(text, context.zone);
  if (read === undefined) throw new ConditionFault(`\`${text}\` is no ISO date, like 2026-11-20T06:00:00Z`);
  return { date: read, moves: false };
}

async function boundOf(value: Json | undefined, context: ConditionContext): Promise<number | undefined> {
  const text = await rendered(value, context);
  if (text === undefined) return undefined;
  const date = readDate(text, context.zone);
  if (date === undefined) throw new ConditionFault(`\`${text}\` is no ISO date, like 2026-11-20T06:00:00Z`);
  return date.epochMilliseconds;
}

async function timeOf(value: Json | undefined, context: ConditionContext): Promise<ReturnType<typeof readTime>> {
  const text = await rendered(value, context);
  if (text === undefined) return undefined;
  const time = readTime(text);
  if (time === undefined) throw new ConditionFault(`\`${text}\` is no time, like 16:19:12 or 16:19:12-05:00`);
  return time;
}

async function weekdayOf({ dayOfWeek }: JsonObject, context: ConditionContext): Promise<number> {
  const name = await rendered(dayOfWeek, context);
  const index = DAYS.indexOf((name ?? '').toUpperCase());
  if (index < 0) throw new ConditionFault(`dayOfWeek '${name ?? ''}' is no day; use ${DAYS.join(', ')}`);
  return index + 1;
}

export async function rendered(value: Json | undefined, context: ConditionContext): Promise<string | undefined> {
  if (value === undefined || value === null) return undefined;
  const text = await context.render(String(value));
  if (!text.ok) throw new ConditionFault(text.error);
  return text.value;
}

type Time = NonNullable<ReturnType<typeof readTime>>['time'];

/** Nanoseconds since midnight where the bound counts its hours. */
function localTime(date: ZonedDate, offset: string | undefined): number {
  return nanosOf((offset === undefined ? date : date.withTimeZone(offset)).toPlainTime());
}

function nanosOf({ hour, minute, second, millisecond, microsecond, nanosecond }: Time): number {
  return ((hour * 60 + minute) * 60 + second) * 1e9 + millisecond * 1e6 + microsecond * 1e3 + nanosecond;
}

/** The instants around a date at which a comparison with a time of day may change: midnights, and that time, which itself is
 *  still before what comes `delay` milliseconds after it. */
function turnsOf(date: ZonedDate, bound: ReturnType<typeof readTime>, delay: number): number[] {
  if (bound === undefined) return [];
  const local = bound.offset === undefined ? date : date.withTimeZone(bound.offset);
  return [-1, 0, 1].flatMap((days) => {
    const start = midnight(local, days);
    return [start.epochMilliseconds, start.withPlainTime(bound.time).epochMilliseconds + delay];
  });
}

function spanBetween(turns: readonly number[], at: number): Span {
  const before = turns.filter((turn) => turn <= at);
  const after = turns.filter((turn) => turn > at);
  return { from: Math.max(...before), until: Math.min(...after) };
}

/** A date that stands still says nothing about other dates. */
function verdict(holds: boolean, span: Span | false): Verdict {
  return span === false ? { holds } : { holds, span };
}
