/** The time in which several executions must come together. */
import { Temporal } from 'temporal-polyfill';
import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { midnight, readTime, zonedDate } from './zoned-date.ts';
import type { ZonedDate } from './zoned-date.ts';

const DAY_MS = 86_400_000;
/** Windows longer than a day are counted from a Monday's midnight, so that P7D is the calendar's week. */
const FIRST_MONDAY = Temporal.PlainDate.from('1970-01-05');

type TimeOfDay = NonNullable<ReturnType<typeof readTime>>;

export type TimeWindow =
  /** One after the other, aligned to midnight and moved by `advanceMs`. */
  | { type: 'tumbling'; lengthMs: number; advanceMs: number }
  /** Opens with the first execution that counts. */
  | { type: 'sliding'; lengthMs: number }
  /** What happened up to so long ago. */
  | { type: 'lookback'; lengthMs: number }
  /** From one time of day to another; over midnight when it ends before it begins. */
  | { type: 'daily'; from: TimeOfDay; to: TimeOfDay };

/** Both ends belong to it. */
export interface Window {
  start: number;
  end: number;
}

const MIDNIGHT: TimeOfDay = { time: Temporal.PlainTime.from('00:00') };

/** A `timeWindow` as flows write it; its rules were checked when the flow was saved. */
export function readTimeWindow(source: Json | undefined): TimeWindow {
  const { type, window, windowAdvance, deadline, startTime, endTime } = isJsonObject(source) ? source : {};
  switch (type) {
    case 'SLIDING_WINDOW':
      return { type: 'sliding', lengthMs: duration(window, DAY_MS) };
    case 'DAILY_TIME_DEADLINE':
      return { type: 'daily', from: MIDNIGHT, to: timeOfDay(deadline) };
    case 'DAILY_TIME_WINDOW':
      return { type: 'daily', from: timeOfDay(startTime), to: timeOfDay(endTime) };
    default:
      return { type: 'tumbling', lengthMs: duration(window, DAY_MS), advanceMs: duration(windowAdvance, 0) };
  }
}

/** The `window` beside `dependsOn`. */
export function readDependencyWindow(source: Json | undefined): TimeWindow {
  const { deadline, from, to, every, offset, lookback } = isJsonObject(source) ? source : {};
  if (deadline !== undefined) return { type: 'daily', from: MIDNIGHT, to: timeOfDay(deadline) };
  if (from !== undefined || to !== undefined) return { type: 'daily', from: timeOfDay(from), to: timeOfDay(to) };
  if (lookback !== undefined) return { type: 'lookback', lengthMs: duration(lookback, DAY_MS) };
  return { type: 'tumbling', lengthMs: duration(every, DAY_MS), advanceMs: duration(offset, 0) };
}

/** The window that is in force at an instant, or that was the last one; `openedAt` is when a sliding one opened. */
export function windowAt(window: TimeWindow, now: number, zone: string, openedAt = now): Window {
  switch (window.type) {
    case 'tumbling':
      return tumbling(window, now, zone);
    case 'sliding':
      return { start: openedAt, end: openedAt + window.lengthMs };
    case 'lookback':
      return { start: now - window.lengthMs + 1, end: now };
    case 'daily':
      return daily(window, now, zone);
  }
}

function tumbling(window: { lengthMs: number; advanceMs: number }, now: number, zone: string): Window {
  const { advanceMs } = window;
  const lengthMs = Math.max(1, window.lengthMs);
  const date = zonedDate(now - advanceMs, zone);
  if (lengthMs % DAY_MS === 0) {
    const days = lengthMs / DAY_MS;
    const day = FIRST_MONDAY.until(date.toPlainDate()).days;
    const start = date.subtract({ days: ((day % days) + days) % days }).startOfDay();
    return ending(start.epochMilliseconds + advanceMs, midnight(start, days).epochMilliseconds + advanceMs);
  }
  // A length that does not divide the day leaves a shorter last window: each day begins anew.
  const origin =
    lengthMs < DAY_MS ? midnight(date).epochMilliseconds : FIRST_MONDAY.toZonedDateTime(zone).epochMilliseconds;
  const start = origin + Math.floor((date.epochMilliseconds - origin) / lengthMs) * lengthMs;
  const end = lengthMs < DAY_MS ? Math.min(start + lengthMs, midnight(date, 1).epochMilliseconds) : start + lengthMs;
  return ending(start + advanceMs, end + advanceMs);
}

function daily({ from, to }: { from: TimeOfDay; to: TimeOfDay }, now: number, zone: string): Window {
  const date = zonedDate(now, from.offset ?? zone);
  const overMidnight = at(date, to) < at(date, from);
  const day = overMidnight && now <= at(date, to) ? date.subtract({ days: 1 }) : date;
  return { start: at(day, from), end: at(overMidnight ? day.add({ days: 1 }) : day, to) };
}

function at(day: ZonedDate, { time, offset }: TimeOfDay): number {
  return day.toPlainDate().toZonedDateTime({ timeZone: offset ?? day.timeZoneId, plainTime: time }).epochMilliseconds;
}

function ending(start: number, next: number): Window {
  return { start, end: next - 1 };
}

function duration(value: Json | undefined, otherwise: number): number {
  return (typeof value === 'string' ? parseDuration(value) : undefined) ?? otherwise;
}

function timeOfDay(value: Json | undefined): TimeOfDay {
  return (typeof value === 'string' ? readTime(value) : undefined) ?? MIDNIGHT;
}
