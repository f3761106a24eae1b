/** One source for each way of writing something that the language has no use for, and what its author reads. */
import { expect, test } from 'vitest';
import { compileFlow } from './compile.ts';
import { compileCached } from './compile-cache.ts';

const HEAD = 'id: hello\nnamespace: company.team\n';
const TASK = 'tasks: [{ id: a, type: core.debug.Return }]\n';

const CASES: [what: string, rest: string, message: string][] = [
  ['tasks that are texts', 'tasks: [hello]', 'tasks[0]: A task must be a map with an id and a type.'],
  ['a task without a type', 'tasks: [{ id: a }]', 'tasks[0].type: must not be null'],
  ['a type that is a list', 'tasks: [{ id: a, type: [x] }]', 'tasks[0].type: Invalid type'],
  [
    'a flag that is neither',
    'tasks: [{ id: a, type: core.debug.Return, disabled: maybe }]',
    'tasks[0].disabled: must be true or false',
  ],
  [
    'a map for a text',
    'tasks: [{ id: a, type: core.debug.Return, description: { a: 1 } }]',
    'tasks[0].description: must be a text',
  ],
  [
    'a text for a number',
    'tasks: [{ id: a, type: core.debug.Return, retry: { type: constant, interval: PT1S, maxAttempts: many } }]',
    'maxAttempts: must be a',
  ],
  ['a number too small', `${TASK}concurrency: { limit: 0 }`, 'concurrency.limit: must be greater than or equal to 1'],
  [
    'a word that is none of the known',
    `${TASK}concurrency: { limit: 1, behavior: WAIT }`,
    'concurrency.behavior: must be one of QUEUE, CANCEL, FAIL',
  ],
  ['a list for a map', `${TASK}concurrency: [1]`, 'concurrency: must be a map'],
  ['a map for a list', `${TASK}outputs: { a: b }`, 'outputs: must be a list'],
  [
    'a retry of no known type',
    `${TASK}retry: { type: often, interval: PT1S }`,
    'retry.type: Invalid type: often. It must be one of constant, exponential, random.',
  ],
  ['a retry without a type', `${TASK}retry: { interval: PT1S }`, 'retry.type: must not be null'],
  ['a retry that is a text', `${TASK}retry: often`, 'retry: must be a map'],
  [
    'a retry whose interval is longer than all of it',
    `${TASK}retry: { type: constant, interval: PT2M, maxDuration: PT1M }`,
    "'interval' must be less than 'maxDuration' but is PT2M",
  ],
  [
    'a random retry upside down',
    `${TASK}retry: { type: random, minInterval: PT2M, maxInterval: PT1M }`,
    "'minInterval' must be less than 'maxInterval'",
  ],
  ['labels that are a text', `${TASK}labels: yes please`, 'labels'],
  [
    'an output of no known type',
    `${TASK}outputs: [{ id: a, type: STRNG, value: x }]`,
    'outputs[0].type: Invalid type: STRNG',
  ],
  ['an output twice', `${TASK}outputs: [{ id: a, type: INT, value: 1 }, { id: a, type: INT, value: 2 }]`, 'Duplicate'],
  ['inputs that are a map', `${TASK}inputs: { a: INT }`, 'inputs: must be a list'],
  ['an input without an id', `${TASK}inputs: [{ type: INT }]`, 'inputs[0].id: must not be null'],
  ['an input without a type', `${TASK}inputs: [{ id: a }]`, 'inputs[0].type: must not be null'],
  [
    'an input with choices twice',
    `${TASK}inputs: [{ id: a, type: SELECT, values: [x], expression: "{{ y }}" }]`,
    'you cannot define both `values` and `expression`',
  ],
  [
    'an input with no choices',
    `${TASK}inputs: [{ id: a, type: SELECT }]`,
    'you must define either `values` or `expression`',
  ],
  [
    'an array of arrays',
    `${TASK}inputs: [{ id: a, type: ARRAY, itemType: ARRAY }]`,
    'inputs[0].itemType: must be one of',
  ],
  [
    'a Dag that is a map',
    'tasks: [{ id: d, type: core.flow.Dag, tasks: { a: b } }]',
    'must be a list of `task` and `dependsOn`',
  ],
  [
    'a Dag of texts',
    'tasks: [{ id: d, type: core.flow.Dag, tasks: [a] }]',
    'must be a map with `task` and `dependsOn`',
  ],
  [
    'a Dag of tasks',
    'tasks: [{ id: d, type: core.flow.Dag, tasks: [{ id: a, type: core.debug.Return }] }]',
    'A Dag holds maps with `task` and `dependsOn`.',
  ],
  [
    'a Switch of a list',
    'tasks: [{ id: s, type: core.flow.Switch, value: x, cases: [a] }]',
    'cases: must be a map of lists of tasks',
  ],
  [
    'a trigger that is a text',
    `${TASK}triggers: [daily]`,
    'triggers[0]: A trigger must be a map with an id and a type.',
  ],
  ['a wrong cron', `${TASK}triggers: [{ id: t, type: core.trigger.Schedule, cron: "61 * * * *" }]`, 'triggers[0].cron'],
  [
    'a condition of no known type',
    `${TASK}triggers: [{ id: t, type: core.trigger.Flow, conditions: [{ type: core.condition.Maybe }] }]`,
    'conditions[0].type: Invalid type',
  ],
  [
    'a task runner of no known type',
    'tasks: [{ id: a, type: scripts.shell.Commands, commands: [ls], taskRunner: { type: core.runner.Proces } }]',
    'taskRunner.type: Invalid type: core.runner.Proces',
  ],
  ['a check without a condition', `${TASK}checks: [{ message: no }]`, 'checks[0].condition: must not be null'],
  [
    'defaults without values',
    `${TASK}pluginDefaults: [{ type: core.log.Log }]`,
    "No 'values' provided for plugin defaults of type 'core.log.Log'",
  ],
  ['a namespace in capitals', 'namespace: Company', 'Duplicate field'],
];

test.each(CASES)('%s', (_what, rest, message) => {
  const { flow, diagnostics } = compileFlow(`${HEAD}${rest}\n`);
  expect(flow).toBeUndefined();
  expect(diagnostics.map(({ path, message: text }) => `${path}: ${text}`).join('\n')).toContain(message);
});

test('what merge keys bring in is found where it was written', () => {
  const source = `${HEAD}x: &shared { levle: INFO }\ntasks: [{ <<: *shared, id: a, type: core.log.Log, message: x }]\n`;
  const { diagnostics } = compileFlow(source.replace('x: &shared', 'variables: &shared'));
  expect(diagnostics).toMatchObject([{ code: 'unknown-property', path: 'tasks[0].levle', line: 3 }]);
});

test('a source is compiled once', () => {
  const source = `${HEAD}${TASK}`;
  expect(compileCached(source)).toBe(compileCached(source));
  expect(compileCached(source).flow?.id).toBe('hello');
});
