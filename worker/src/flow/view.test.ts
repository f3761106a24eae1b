import { describe, expect, test } from 'vitest';
import { compileFlow } from './compile.ts';
import { templatedTask } from './compile-part.ts';
import { propertyCompletions, typeCompletions } from './completion.ts';
import { flowJsonSchema } from './json-schema.ts';
import { typedOutputs } from './outputs.ts';
import { validationResult } from './validation-result.ts';
import { flowView } from './view.ts';

const SOURCE = `id: a
namespace: b
revision: 7
labels: { team: data }
inputs: [{ name: x, type: INT }]
taskDefaults: [{ type: core.log.Log, values: { level: WARN } }]
tasks:
  - { id: t, type: io.kestra.plugin.core.log.Log, message: hello, retry: { type: constant, interval: PT1S } }
`;

test('a view says what the source says, in its words', () => {
  const { flow } = compileFlow(SOURCE, { revision: 3 });
  if (flow === undefined) throw new Error('the source is valid');
  expect(flowView(flow, SOURCE, { withSource: true })).toEqual({
    id: 'a',
    namespace: 'b',
    revision: 3,
    disabled: false,
    deleted: false,
    labels: [{ key: 'team', value: 'data' }],
    inputs: [{ id: 'x', type: 'INT' }],
    pluginDefaults: [{ type: 'core.log.Log', values: { level: 'WARN' } }],
    tasks: [
      {
        id: 't',
        type: 'io.kestra.plugin.core.log.Log',
        message: 'hello',
        retry: { type: 'constant', interval: 'PT1S' },
      },
    ],
    source: SOURCE,
  });
});

test('a validation result sorts what was found', () => {
  const result = validationResult(
    compileFlow(
      'id: a\nnamespace: b\ntasks: [{ id: t, type: core.debug.Echo, level: LOUD }, { id: u, type: core.log.Log }]\n',
    ),
    { index: 2 },
  );
  expect(result).toMatchObject({
    index: 2,
    flow: 'a',
    namespace: 'b',
    outdated: false,
    deprecationPaths: ['tasks[0]'],
  });
  expect(result.constraints?.split('\n')).toEqual([
    'tasks[0].level: must be one of TRACE, DEBUG, INFO, WARN, ERROR, but is `LOUD`',
    'tasks[1].message: must not be null',
  ]);
  expect(validationResult(compileFlow(SOURCE)).constraints).toBeUndefined();
});

describe('the JSON Schema of a flow', () => {
  const schema = flowJsonSchema() as {
    definitions: Record<
      string,
      { anyOf: { title: string; required: string[]; properties: Record<string, unknown> }[] }
    >;
  };

  test('has every type, under all its names', () => {
    const log = schema.definitions.Task?.anyOf.find(({ title }) => title === 'core.log.Log');
    expect(log?.required.sort()).toEqual(['id', 'message', 'type']);
    expect(log?.properties.type).toEqual({
      enum: ['core.log.Log', 'io.kestra.plugin.core.log.Log', 'io.kestra.core.tasks.log.Log'],
    });
  });

  test('refers only to what it defines, and is of a size that an editor can load', () => {
    const text = JSON.stringify(schema);
    const references = new Set([...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name = '']) => name));
    expect([...references].filter((name) => !Object.hasOwn(schema.definitions, name))).toEqual([]);
    expect(text.length).toBeLessThan(400_000);
  });
});

test('completions know the properties of a type, and the values of an enumeration', () => {
  expect(typeCompletions('task').map(({ label }) => label)).toContain('core.flow.If');
  expect(propertyCompletions('task', 'core.log.Log').find(({ label }) => label === 'level')?.values).toEqual([
    'TRACE',
    'DEBUG',
    'INFO',
    'WARN',
    'ERROR',
  ]);
  expect(propertyCompletions('flow').map(({ label }) => label)).toContain('afterExecution');
  expect(propertyCompletions('input', 'ARRAY').map(({ label }) => label)).toContain('itemType');
});

test('outputs are of the type they declare', () => {
  const outputs =
    compileFlow(`${SOURCE}outputs: [{ id: n, type: INT, value: x }, { id: free, value: y }]`).flow?.outputs ?? [];
  expect(typedOutputs(outputs, { n: '42', free: 'as it is' })).toEqual({
    ok: true,
    value: { n: 42, free: 'as it is' },
  });
  expect(typedOutputs(outputs, { n: 'x' })).toMatchObject({
    ok: false,
    error: expect.stringContaining('Invalid output for `n`'),
  });
});

test('a templated task is a runnable one', () => {
  expect(templatedTask('type: core.debug.Return\nformat: x', 't')).toMatchObject({
    ok: true,
    value: { id: 't', type: 'core.debug.Return' },
  });
  expect(templatedTask('type: core.flow.Sleep\nduration: PT1S', 't')).toMatchObject({ ok: true });
  expect(templatedTask('type: core.flow.Pause', 't')).toMatchObject({
    ok: false,
    error: 'The templated task must be a runnable task',
  });
  expect(templatedTask('type: [', 't')).toMatchObject({ ok: false });
  expect(templatedTask('type: core.log.Log', 't')).toMatchObject({
    ok: false,
    error: expect.stringContaining('message: must not be null'),
  });
});
