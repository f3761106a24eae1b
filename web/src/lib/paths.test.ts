import { expect, test } from 'vitest';
import { safeNext } from './paths.ts';

test.each([
  ['/ui/acme/flows?q=a', '/ui/acme/flows?q=a'],
  ['https://evil.test', '/'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['javascript:alert(1)', '/'],
  [null, '/'],
])('after signing in, %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path);
});
