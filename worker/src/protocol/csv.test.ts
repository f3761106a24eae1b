import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

test('quotes protect separators, line ends and quotes', () => {
  expect(parseCsv('a,b\r\n"x,1","y\n""z"""\n', 10)).toEqual([
    ['a', 'b'],
    ['x,1', 'y\n"z"'],
  ]);
});

test('empty cells and a last line without an end are kept', () => {
  expect(parseCsv('a,,c\n,', 10)).toEqual([
    ['a', '', 'c'],
    ['', ''],
  ]);
});

test('no more rows are read than wanted', () => {
  expect(parseCsv('1\n2\n3', 2)).toEqual([['1'], ['2']]);
});
