import { expect, test } from 'vitest';
import { noColors } from '../terminal.ts';
import { renderDiff } from './diff.ts';

test('a changed line is shown between its neighbours, and what is far away is left out', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\n';
  expect(renderDiff(before, before.replace('d', 'D'), noColors)).toEqual([
    '    b',
    '    c',
    '  - d',
    '  + D',
    '    e',
    '    f',
    '    …',
  ]);
});

test('a line that only moved is shown as one line gone and one line come', () => {
  expect(renderDiff('a\nb\nc', 'b\nc\na', noColors)).toEqual(['  - a', '    b', '    c', '  + a']);
});

test('equal texts have no difference', () => {
  expect(renderDiff('a\nb', 'a\nb', noColors)).toEqual([]);
});
