import { describe, expect, test } from 'vitest';
import { durationText, relativeText } from './duration.ts';

describe('durationText', () => {
  test.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [85.4, '85 ms'],
    [1000, '1.0 s'],
    [1299, '1.2 s'],
    [9999, '9.9 s'],
    [10_000, '10 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [184_000, '3 min 4 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('writes %d milliseconds as "%s"', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('relativeText', () => {
  const now = Date.parse('2026-11-20T10:00:00Z');

  test.each([
    ['2026-11-20T09:59:58Z', 'just now'],
    ['2026-11-20T09:59:30Z', '30 s ago'],
    ['2026-11-20T09:55:00Z', '5 min ago'],
    ['2026-11-20T12:00:00Z', 'in 2 h'],
    ['2026-11-17T10:00:00Z', '3 d ago'],
  ])('writes %s as "%s"', (at, text) => {
    expect(relativeText(Date.parse(at), now)).toBe(text);
  });
});
