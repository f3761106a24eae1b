import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assert } from '../result.ts';
import { cronTimetable, parseCron } from './cron.ts';
import type { CronOptions } from './cron.ts';

function timetable(text: string, zone = 'UTC', options?: CronOptions) {
  const pattern = parseCron(text, options);
  assert(pattern.ok, `${text} is a cron expression`);
  return cronTimetable(pattern.value, zone);
}

function nextDates(text: string, zone: string, after: string, count: number): string[] {
  const { next } = timetable(text, zone);
  const dates: string[] = [];
  for (let at = next(Date.parse(after)); at !== undefined && dates.length < count; at = next(at)) dates.push(iso(at));
  return dates;
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

describe('the dialect', () => {
  test.each([
    ['* * * * * *', 'withSeconds'],
    ['', 'has 0 fields'],
    ['0 24 * * *', 'hour 24'],
    ['0 0 0 * *', 'day of month 0'],
    ['0 0 1 13 *', 'month 13'],
    ['0 0 * * 8', 'day of week 8'],
    ['0 22-2 * * *', 'backwards'],
    ['*/0 * * * *', 'step 0'],
    ['*/99 * * * *', 'step 99'],
    ['0 0 L * *', "'L'"],
    ['0 0 ? * *', "'?'"],
    ['0 0 * * 1#2', "'1#2'"],
    ['0 0 15W * *', "'15W'"],
    ['1,,2 * * * *', "''"],
    ['@fortnightly', 'nickname'],
  ])('refuses %j and says why', (text, why) => {
    const parsed = parseCron(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.error).toContain('invalid cron expression');
    expect(parsed.ok ? '' : parsed.error).toContain(why);
  });

  test.each([
    ['5/15 * * * *', '0 5-59/15 * * * *'],
    ['0 0 * jan-MAR mon-fri', '0 0 0 * 1-3 1-5'],
    ['0 0 * * FRI-SUN', '0 0 0 * * 5-7'],
    ['@Daily', '0 0 0 * * *'],
  ])('reads %j', (text, pattern) => {
    expect(parseCron(text)).toEqual({ ok: true, value: pattern });
  });

  test('has a field for seconds only when the trigger says so', () => {
    expect(parseCron('0 0 8 * * *', { withSeconds: true }).ok).toBe(true);
    expect(parseCron('0 8 * * *', { withSeconds: true }).ok).toBe(false);
  });
});

describe('the dates', () => {
  test('a time that a change of the clocks leaves out fires once, when the gap is over', () => {
    expect(nextDates('30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', 2)).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ]);
  });

  test('a time that comes twice fires the first time', () => {
    expect(nextDates('30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  test('a minute of every hour fires in both of the hours that have the same name', () => {
    expect(nextDates('30 * * * *', 'America/New_York', '2026-11-01T05:00Z', 3)).toEqual([
      '2026-11-01T05:30',
      '2026-11-01T06:30',
      '2026-11-01T07:30',
    ]);
  });

  test('29 February comes in leap years alone, and 31 February never', () => {
    expect(nextDates('0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
    expect(timetable('0 0 31 2 *').next(Date.parse('2026-01-01'))).toBeUndefined();
  });

  test('with day of month and day of week, a date that fits either fires', () => {
    expect(nextDates('0 0 13 * 5', 'UTC', '2025-01-09T00:00Z', 3)).toEqual([
      '2025-01-10T00:00',
      '2025-01-13T00:00',
      '2025-01-17T00:00',
    ]);
  });

  test('the date before one excludes the date itself, and counts fractions of a second', () => {
    const { previous } = timetable('* * * * *');
    const at = Date.parse('2026-11-01T07:30Z');
    expect(previous(at)).toBe(at - 60_000);
    expect(previous(at + 1)).toBe(at);
  });

  test('going back undoes going forward, in every zone and around every change of the clocks', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    const crons = fc.constantFrom('*/15 * * * *', '30 2 * * *', '0 0 1 * *', '15 */3 * * 1-5', '45 1 * * 0');
    const instants = fc.integer({ min: Date.parse('2024-01-01') / 1000, max: Date.parse('2030-01-01') / 1000 });
    fc.assert(
      fc.property(crons, zones, instants, (cron, zone, seconds) => {
        const { next, previous } = timetable(cron, zone);
        const first = next(seconds * 1000);
        const second = first === undefined ? undefined : next(first);
        return (
          first !== undefined &&
          second !== undefined &&
          first > seconds * 1000 &&
          second > first &&
          previous(second) === first
        );
      }),
      { numRuns: 200 },
    );
  });
});
