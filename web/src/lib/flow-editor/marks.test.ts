import { Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../../worker/src/flow/diagnostic.ts';
import { marksOf } from './marks.ts';

const fault = (more: Partial<Diagnostic>): Diagnostic => ({
  severity: 'error',
  code: 'wrong-type',
  message: 'must be a text',
  path: 'id',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  ...more,
});
const text = Text.of(['id: 1', 'namespace: demo']);

test('a mark covers the place that the compiler names', () => {
  expect(marksOf([fault({ line: 2, column: 12, endLine: 2, endColumn: 16 })], text)).toMatchObject([
    { from: 17, to: 21 },
  ]);
});

test('a place without width is still to be seen', () => {
  expect(marksOf([fault({ column: 3, endColumn: 3 })], text)).toMatchObject([{ from: 2, to: 3 }]);
});

test('a place beyond a text that became shorter is kept inside it', () => {
  expect(marksOf([fault({ line: 99, column: 5, endLine: 99, endColumn: 9 })], text)).toMatchObject([
    { from: 10, to: 14 },
  ]);
});

test('a deprecation is shown as a warning', () => {
  expect(marksOf([fault({ severity: 'deprecation' })], text)).toMatchObject([{ severity: 'warning' }]);
});
