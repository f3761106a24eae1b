import { expect, test } from 'vitest';
import { changesBetween } from './changes.ts';

const map = (text: string) =>
  new Map(
    text
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );

test.each([
  ['', '', []],
  ['a=1', 'a=1', []],
  ['', 'b=1 a=1', ['a CREATED', 'b CREATED']],
  ['a=1 b=1 c=1', 'a=2 c=1 d=1', ['a UPDATED', 'b DELETED', 'd CREATED']],
])('between "%s" and "%s": %j', (before, after, wanted) => {
  const found = changesBetween(map(before), map(after)).map(({ name, change }) => `${name} ${change}`);
  expect(found).toEqual(wanted);
});

test('only wanted changes are told', () => {
  const found = changesBetween(map('a=1 b=1'), map('a=2 c=1'), ['UPDATED']);
  expect(found).toEqual([{ name: 'a', change: 'UPDATED' }]);
});
