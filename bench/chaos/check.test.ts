import { expect, test } from 'vitest';
import { check } from './check.ts';
import type { History } from './check.ts';

const FLOWS = [{ id: 'f', source: '', steps: [['a'], ['b', 'c']], pauses: { 1: 100 } }];

function history(marks: [number, string][], changes: Partial<History> = {}): History {
  return {
    starts: new Map([['k', { flow: 'f', ids: new Set(['E']) }]]),
    ends: new Map([['E', { state: 'SUCCESS', attempts: [['KILLED', 'SUCCESS']] }]]),
    marks: marks.map(([at, task]) => ({ at, task, flow: 'f', execution: 'E' })),
    ...changes,
  };
}

const good: [number, string][] = [
  [1, 'a'],
  [101, 'c'],
  [102, 'b'],
];

test('a good history has nothing lost, doubled or disordered', () =>
  expect(check(history(good), FLOWS)).toEqual({ executions: 1, lost: [], doubled: [], disordered: [] }));

test('an attempt that was in flight may have run twice', () =>
  expect(check(history([[0, 'a'], ...good, [103, 'b']]), FLOWS)).toMatchObject({ doubled: [], disordered: [] }));

test('a task that runs again when what follows has begun is found', () =>
  expect(check(history([...good, [103, 'a']]), FLOWS).disordered).toEqual([
    'E: b, c ran before or beside what comes before',
    'E: b, c ran 102 ms early',
  ]));

test('a timer that was early is found', () =>
  expect(check(history([[2, 'a'], ...good.slice(1)]), FLOWS).disordered).toEqual(['E: b, c ran 1 ms early']));

test('an execution that did not end, and a task that never ran, are lost', () =>
  expect(
    check(history([[1, 'a']], { ends: new Map([['E', { state: 'RUNNING', attempts: [] }]]) }), FLOWS).lost,
  ).toEqual(['f E is RUNNING', 'f E: b, c never ran']));

test('a key that was never answered is lost', () =>
  expect(check(history([], { starts: new Map([['k', { flow: 'f', ids: new Set() }]]) }), FLOWS).lost).toEqual([
    'k was never started',
  ]));

test('two executions for one key, one for none, and two successes of a task run are doubled', () => {
  const starts = new Map([['k', { flow: 'f', ids: new Set(['E', 'F']) }]]);
  const ends = new Map([['E', { state: 'SUCCESS', attempts: [['SUCCESS', 'SUCCESS']] }]]);
  const marks = [...history(good).marks, { at: 1, flow: 'f', execution: 'G', task: 'a' }];
  expect(check(history([], { starts, ends, marks }), FLOWS).doubled).toEqual([
    'E: a task run succeeded in SUCCESS, SUCCESS',
    'k started E and F',
    'G was started by nobody',
  ]);
});
