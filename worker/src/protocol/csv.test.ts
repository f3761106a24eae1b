import { expect, test } from 'vitest';
import { formatCsv, parseCsv } from './csv.ts';

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

test('what is written is read again, but for what would be a formula', () => {
  const rows = [
    ['a', 'b "c", d', 'e\nf', ''],
    ['1', 'é', ' ', 'x'],
  ];
  expect(parseCsv(formatCsv(rows), 10)).toEqual(rows);
  expect(formatCsv([['=1+1', '-x', '@a', '+1']])).toBe("'=1+1,'-x,'@a,'+1\r\n");
});
