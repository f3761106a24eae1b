import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  test.each([
    ['PT5S', 5_000],
    ['pt5m', 300_000],
    ['P1D', 86_400_000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['PT0.25S', 250],
    ['PT-5S', -5_000],
    ['-PT5S', -5_000],
    ['PT0.0001S', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', 'P', 'PT', '5S', 'PT5', 'P1Y', 'P1W', 'PT5S6M', '5 minutes', 'P99999999999999D'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  test.each([
    [0, 'PT0S'],
    [90_061_500, 'PT25H1M1.5S'],
    [306_000, 'PT5M6S'],
    [-1_500, 'PT-1.5S'],
  ])('%d ms print as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('what is printed is read back', () => {
    fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
