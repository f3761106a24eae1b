import { describe, expect, test } from 'vitest';
import { readDependencyWindow, readTimeWindow, windowAt } from './time-window.ts';
import type { TimeWindow } from './time-window.ts';

function shown(window: TimeWindow, now: string, zone = 'UTC') {
  const { start, end } = windowAt(window, Date.parse(now), zone);
  return [new Date(start).toISOString(), new Date(end).toISOString()];
}

const NOW = '2024-12-20T10:17:42Z'; // a Friday

describe('a duration window', () => {
  test.each([
    [{}, '2024-12-20T00:00:00.000Z', '2024-12-20T23:59:59.999Z'],
    [{ window: 'PT6H' }, '2024-12-20T06:00:00.000Z', '2024-12-20T11:59:59.999Z'],
    [{ window: 'PT6H', windowAdvance: 'PT5H' }, '2024-12-20T05:00:00.000Z', '2024-12-20T10:59:59.999Z'],
    [{ window: 'P1D', windowAdvance: '-PT4H' }, '2024-12-19T20:00:00.000Z', '2024-12-20T19:59:59.999Z'],
    [{ window: 'P7D' }, '2024-12-16T00:00:00.000Z', '2024-12-22T23:59:59.999Z'],
    [{ window: 'PT1S' }, '2024-12-20T10:17:42.000Z', '2024-12-20T10:17:42.999Z'],
    [{ window: 'PT36H' }, '2024-12-20T00:00:00.000Z', '2024-12-21T11:59:59.999Z'],
  ])('%j is aligned to midnight', (source, start, end) => {
    expect(shown(readTimeWindow(source), NOW)).toEqual([start, end]);
  });

  test('that does not divide the day begins anew at midnight', () => {
    expect(shown(readTimeWindow({ window: 'PT5H' }), '2024-12-20T22:00:00Z')).toEqual([
      '2024-12-20T20:00:00.000Z',
      '2024-12-20T23:59:59.999Z',
    ]);
  });

  test('of a day has 23 hours when the clocks go forward', () => {
    expect(shown(readTimeWindow({}), '2026-03-29T12:00:00Z', 'Europe/Paris')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T21:59:59.999Z',
    ]);
  });
});

describe('a daily window', () => {
  test('with a deadline is open from midnight', () => {
    expect(shown(readTimeWindow({ type: 'DAILY_TIME_DEADLINE', deadline: '09:00:00' }), NOW)).toEqual([
      '2024-12-20T00:00:00.000Z',
      '2024-12-20T09:00:00.000Z',
    ]);
    expect(readDependencyWindow({ deadline: '09:00' })).toEqual(
      readTimeWindow({ type: 'DAILY_TIME_DEADLINE', deadline: '09:00:00' }),
    );
  });

  test.each([
    ['2024-12-20T23:00:00Z', '2024-12-20T22:00:00.000Z', '2024-12-21T06:00:00.000Z'],
    ['2024-12-20T05:00:00Z', '2024-12-19T22:00:00.000Z', '2024-12-20T06:00:00.000Z'],
    ['2024-12-20T12:00:00Z', '2024-12-20T22:00:00.000Z', '2024-12-21T06:00:00.000Z'],
  ])('over midnight is, at %s, the one from %s', (now, start, end) => {
    expect(shown(readDependencyWindow({ from: '22:00', to: '06:00' }), now)).toEqual([start, end]);
  });

  test('counts its hours at the offset that it names', () => {
    const window = readTimeWindow({
      type: 'DAILY_TIME_WINDOW',
      startTime: '09:00:00+02:00',
      endTime: '10:00:00+02:00',
    });
    expect(shown(window, NOW)).toEqual(['2024-12-20T07:00:00.000Z', '2024-12-20T08:00:00.000Z']);
  });
});
