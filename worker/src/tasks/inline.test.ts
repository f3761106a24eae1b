import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../protocol/json.ts';
import { memoryWorld } from '../testing/edge-context.ts';
import { returnValue } from './debug/return.ts';
import { assertTask } from './execution/assert.ts';
import { exit } from './execution/exit.ts';
import { failTask } from './execution/fail.ts';
import { labelsTask } from './execution/labels.ts';
import { setVariables } from './execution/set-variables.ts';
import { unsetVariables } from './execution/unset-variables.ts';
import { log } from './log/log.ts';
import { publish } from './metric/publish.ts';
import { outputValues } from './output/output-values.ts';
import { scriptTasks } from './scripts/script-tasks.ts';

test('Log writes each of its messages', () => {
  const { context, logs } = memoryWorld();
  log.run(log.input.parse({ message: ['a', 1], level: 'WARN' }), context);
  log.run(log.input.parse({ message: '[1, 2]' }), context);
  expect(logs).toEqual(['WARN a', 'WARN 1', 'INFO [1, 2]']);
});

test('Return and OutputValues give what they got', () => {
  const { context, metrics } = memoryWorld();
  expect(returnValue.run({ format: 'abc' }, context)).toEqual({ value: 'abc' });
  expect(metrics.map(({ name, value }) => [name, value])).toEqual([
    ['length', 3],
    ['duration', 0],
  ]);
  expect(outputValues.run({ values: { a: { b: 1 } } }, context)).toEqual({ values: { a: { b: 1 } } });
});

describe('what may fail', () => {
  const { context } = memoryWorld();
  test('Fail fails always, or when its condition holds', () => {
    expect(() => failTask.run(failTask.input.parse({}), context)).toThrow('Task failure');
    expect(() => failTask.run(failTask.input.parse({ condition: true, errorMessage: 'no' }), context)).toThrow('no');
    expect(failTask.run(failTask.input.parse({ condition: 'false' }), context)).toBeUndefined();
  });

  test('Assert fails when one condition does not hold', () => {
    expect(assertTask.run(assertTask.input.parse({ conditions: ['true', 'x'] }), context)).toEqual({ failed: 0 });
    expect(() => assertTask.run(assertTask.input.parse({ conditions: ['true', 'false', ''] }), context)).toThrow(
      '2 of 3 conditions do not hold',
    );
  });
});

test('labels, variables and the end are told to the execution', () => {
  const told: unknown[] = [];
  const { context } = memoryWorld({
    setLabels: (labels) => told.push(labels),
    setVariables: (variables: JsonObject, options) => told.push([variables, options]),
    exit: (state) => told.push(state),
  });
  labelsTask.run(labelsTask.input.parse({ labels: '{"a": 1}' }), context);
  setVariables.run(setVariables.input.parse({ variables: { a: 1 }, overwrite: 'false' }), context);
  unsetVariables.run(unsetVariables.input.parse({ variables: ['a'] }), context);
  exit.run(exit.input.parse({ state: 'CANCELED' }), context);
  expect(told).toEqual([
    { a: '1' },
    [{ a: 1 }, { overwrite: false }],
    [{ a: null }, { ignoreMissing: false }],
    'CANCELLED',
  ]);
  expect(() => labelsTask.run(labelsTask.input.parse({ labels: { 'system.x': 'y' } }), context)).toThrow('system.x=y');
  expect(() => labelsTask.run(labelsTask.input.parse({ labels: { a: '' } }), context)).toThrow('must not be empty');
});

test('metrics are numbers, and timers durations', () => {
  const { context, metrics } = memoryWorld();
  publish.run(
    publish.input.parse({
      metrics: [
        { name: 'rows', type: 'counter', value: '4' },
        { name: 't', type: 'timer', value: 'PT3S', tags: { a: 1 } },
      ],
    }),
    context,
  );
  expect(metrics).toEqual([
    { name: 'rows', type: 'counter', value: 4, tags: {} },
    { name: 't', type: 'timer', value: 3000, tags: { a: '1' } },
  ]);
  expect(() =>
    publish.run(publish.input.parse({ metrics: [{ name: 'x', type: 'counter', value: 'many' }] }), context),
  ).toThrow('is no number');
});

describe('a script becomes a job', () => {
  const jobOf = (type: string, properties: object) => {
    const task = scriptTasks.find((candidate) => candidate.type === type);
    if (task?.kind !== 'runner') throw new Error(`${type} is no runner task`);
    return task.job(task.input.parse(properties));
  };

  test('in a container of its language, unless it asks for a process', () => {
    expect(jobOf('scripts.python.Script', { script: 'print(1)', dependencies: ['requests'] })).toMatchObject({
      work: { kind: 'script', script: 'print(1)', extension: '.py', program: ['python3'] },
      taskRunner: { type: 'docker', options: {} },
      containerImage: 'python:3.13-slim',
      dependencies: { language: 'python', packages: ['requests'], cache: true },
    });
    const job = jobOf('scripts.shell.Commands', {
      commands: ['ls'],
      taskRunner: { type: 'core.runner.Process' },
      env: { A: 1 },
    });
    expect(job).toMatchObject({
      work: { kind: 'commands', commands: ['ls'] },
      taskRunner: { type: 'process' },
      env: { A: '1' },
      interpreter: ['/bin/sh', '-c'],
    });
    expect(job.containerImage).toBeUndefined();
  });

  test('understands the former way to name container and process', () => {
    expect(jobOf('scripts.shell.Commands', { commands: ['ls'], runner: 'PROCESS' })).toMatchObject({
      taskRunner: { type: 'process' },
    });
    expect(jobOf('scripts.shell.Commands', { commands: ['ls'], docker: { image: 'alpine' } })).toMatchObject({
      containerImage: 'alpine',
    });
  });
});
