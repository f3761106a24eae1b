import { expect, test } from 'vitest';
import { noColors } from '../terminal.ts';
import { renderDiff } from './diff.ts';

const alphabet = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n';

test('a changed line is shown between its neighbours, and its place is named', () => {
  expect(renderDiff(alphabet, alphabet.replace('f', 'F'), noColors)).toEqual([
    '@@ -3,7 +3,7 @@',
    ' c',
    ' d',
    ' e',
    '-f',
    '+F',
    ' g',
    ' h',
    ' i',
  ]);
});

test('changes far from one another are hunks of their own', () => {
  const after = alphabet.replace('a\n', '').replace('m\n', 'm\nn\n');
  expect(renderDiff(alphabet, after, noColors)).toEqual([
    '@@ -1,4 +1,3 @@',
    '-a',
    ' b',
    ' c',
    ' d',
    '@@ -11,3 +10,4 @@',
    ' k',
    ' l',
    ' m',
    '+n',
  ]);
});

test('a line that only moved is shown as one line gone and one line come', () => {
  expect(renderDiff('a\nb\nc\n', 'b\nc\na\n', noColors)).toEqual(['@@ -1,3 +1,3 @@', '-a', ' b', ' c', '+a']);
});

test('a last line without its end, and a carriage return, can be seen', () => {
  expect(renderDiff('a\n', 'a', noColors)).toEqual(['@@ -1 +1 @@', '-a', '+a', '\\ No newline at end of file']);
  expect(renderDiff('a\r\n', 'a\n', noColors)).toEqual(['@@ -1 +1 @@', '-a␍', '+a']);
});

test('a text that comes or goes whole counts from nothing', () => {
  expect(renderDiff('', 'a\n', noColors)).toEqual(['@@ -0,0 +1 @@', '+a']);
  expect(renderDiff('a\n', '', noColors)).toEqual(['@@ -1 +0,0 @@', '-a']);
});

test('texts too large to compare line by line are shown as gone and come', () => {
  const many = (letter: string) => `${Array.from({ length: 5_000 }, (_, i) => `${letter}${i}`).join('\n')}\n`;
  expect(renderDiff(many('a'), many('b'), noColors)).toHaveLength(10_001);
});

test('equal texts have no difference', () => {
  expect(renderDiff('a\nb', 'a\nb', noColors)).toEqual([]);
});
