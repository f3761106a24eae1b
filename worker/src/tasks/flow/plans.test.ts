import { describe, expect, test } from 'vitest';
import { memoryWorld } from '../../testing/edge-context.ts';
import type { Json } from '../../protocol/json.ts';
import { TaskFailure } from '../task.ts';
import type { PlanContext } from '../task.ts';
import { ifTask } from './if.ts';
import { iterationValues } from './iteration-values.ts';
import { loopUntil } from './loop-until.ts';
import { pause } from './pause.ts';
import { sleep } from './sleep.ts';
import { subflow } from './subflow.ts';
import { switchTask } from './switch.ts';

function contextWith(...lists: string[]): { context: PlanContext; logs: string[] } {
  const { context, logs } = memoryWorld();
  const { identity, now, log } = context;
  return { context: { identity, now, log, lists, read: async () => '' }, logs };
}

describe('the values of a loop', () => {
  test.each<[Json, string[]]>([
    [
      ['a', 'b', 'a'],
      ['a', 'b'],
    ],
    [
      [1, true, 2.5],
      ['1', 'true', '2.5'],
    ],
    [
      [{ k: 'v' }, ['x']],
      ['{"k":"v"}', '["x"]'],
    ],
    ['["a", 1]', ['a', '1']],
    ['[12345678901234567890]', ['12345678901234567890']],
    [[], []],
    [{ a: 1 }, ['{"key":"a","value":1}']],
  ])('%j are %j', (rendered, values) => expect(iterationValues(rendered)).toEqual(values));

  test('may not be null', () => {
    expect(() => iterationValues('[1, null, null]')).toThrow(
      "Found '2' null values on Each, with values=[1,null,null]",
    );
  });

  test.each(['hello', '', '5', 7, true])('%j is no list', (rendered) =>
    expect(() => iterationValues(rendered)).toThrow(TaskFailure),
  );
});

describe('a branch', () => {
  test.each([
    ['true', 'then'],
    [' ', 'then'],
    ['', 'else'],
    ['false', 'else'],
    ['0', 'else'],
    ['-0', 'else'],
  ])('If with %j runs %s', (condition, list) => {
    const { context } = contextWith('then', 'else');
    expect(ifTask.plan({ condition }, context)).toMatchObject({
      kind: 'run',
      list,
      outputs: { evaluationResult: list === 'then' },
    });
  });

  test('Switch runs the equal case, else the defaults, else it fails with a warning', () => {
    const { context } = contextWith('cases.a', 'defaults');
    expect(switchTask.plan({ value: 'a' }, context)).toMatchObject({
      list: 'cases.a',
      outputs: { value: 'a', defaults: false },
    });
    expect(switchTask.plan({ value: 'b' }, context)).toMatchObject({
      list: 'defaults',
      outputs: { value: 'b', defaults: true },
    });
    const bare = contextWith('cases.a');
    expect(switchTask.plan({ value: 'b' }, bare.context)).toMatchObject({ kind: 'settle', state: 'FAILED' });
    expect(bare.logs).toEqual(["WARN No task found in switch for the value 'b'"]);
  });
});

test('LoopUntil waits a minute between rounds and has no maximum, unless told otherwise', () => {
  const { context } = contextWith('tasks');
  expect(loopUntil.plan(loopUntil.input.parse({ condition: '{{ x }}' }), context)).toEqual({
    kind: 'repeat',
    list: 'tasks',
    until: '{{ x }}',
    intervalMs: 60_000,
    failOnMaxReached: false,
  });
  const input = loopUntil.input.parse({
    condition: 'x',
    checkFrequency: { interval: 'PT0.2S', maxIterations: '5', maxDuration: 'PT5S' },
  });
  expect(loopUntil.plan(input, context)).toMatchObject({ intervalMs: 200, iterationsMax: 5, durationMsMax: 5_000 });
});

test('Pause resumes by its duration under both names', () => {
  const { context } = contextWith();
  expect(pause.plan(pause.input.parse({ delay: 'PT1S' }), context)).toMatchObject({
    kind: 'pause',
    resumeAfterMs: 1000,
    resumeAs: 'SUCCESS',
  });
  expect(
    pause.plan(pause.input.parse({ pauseDuration: 'PT2S', behavior: 'WARN', timeout: 'PT1M' }), context),
  ).toMatchObject({
    resumeAfterMs: 2000,
    resumeAs: 'WARNING',
    timeoutMs: 60_000,
  });
});

test('Sleep says how long it waits', () => {
  const { context, logs } = contextWith();
  expect(sleep.plan({ duration: 'PT0.1S' }, context)).toEqual({ kind: 'wait', ms: 100 });
  expect(logs).toEqual(['INFO Waiting for PT0.1S']);
});

test('Subflow waits and passes the state on, unless told otherwise', () => {
  const { context } = contextWith();
  const input = subflow.input.parse({
    namespace: 'a',
    flowId: 'b',
    revision: '3',
    labels: [{ key: 'k', value: 1 }],
    inputs: '{"x": 1}',
  });
  expect(subflow.plan(input, context)).toMatchObject({
    kind: 'start-flow',
    namespace: 'a',
    flowId: 'b',
    revision: 3,
    inputs: { x: 1 },
    labels: { k: '1' },
    wait: true,
    transmitFailed: true,
    inheritLabels: false,
    restartBehavior: 'RETRY_FAILED',
  });
  expect(() => subflow.plan({ ...input, scheduleDate: 'tomorrow' }, context)).toThrow('Invalid scheduleDate');
});
