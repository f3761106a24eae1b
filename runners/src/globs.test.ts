import { expect, test } from 'vitest';
import { anywhere, matcher } from './globs.ts';

test.each([
  ['out/**', 'out/a.txt', true],
  ['out/**', 'out/deep/a.txt', true],
  ['out/**', 'other/a.txt', false],
  ['*.txt', 'a.txt', true],
  ['*.txt', 'out/a.txt', false],
  ['**/*.txt', 'a.txt', true],
  ['**/*.txt', 'x/y/a.txt', true],
  ['**.csv', 'x/a.csv', true],
  ['./a.txt', 'a.txt', true],
  ['a?.{txt,md}', 'ab.md', true],
  ['a?.{txt,md}', 'ab.csv', false],
  ['[!a]b', 'cb', true],
  ['[!a]b', 'ab', false],
  ['a+(b).txt', 'a+(b).txt', true],
  ['{a', '{a', true],
  ['[a', '[a', true],
  ['a.txt', 'aXtxt', false],
])('%s and %s: %s', (glob, path, expected) => {
  expect(matcher([glob])(path)).toBe(expected);
});

test('a path fits a list of globs when it fits one of them', () => {
  expect(matcher(['a', 'b'])('b')).toBe(true);
  expect(matcher([])('b')).toBe(false);
});

test('a glob for namespace files matches anywhere unless it says where it starts', () => {
  expect([anywhere('*.sql'), anywhere('/a/*.sql'), anywhere('**/b.sql')]).toEqual(['**/*.sql', 'a/*.sql', '**/b.sql']);
});
