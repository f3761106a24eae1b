import { expect, test } from 'vitest';
import { renderDuration } from './duration.ts';

test.each([
  ['PT0.0123S', '12ms'],
  ['PT2.3456S', '2.35s'],
  ['PT42.06S', '42.1s'],
  ['PT1M2.5S', '1m 2.5s'],
  ['PT1H', '1h'],
  ['PT0S', '0ms'],
  ['P1D', 'P1D'],
  [undefined, ''],
])('%s is read as "%s"', (iso, text) => {
  expect(renderDuration(iso)).toBe(text);
});
