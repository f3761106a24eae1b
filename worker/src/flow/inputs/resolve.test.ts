import { describe, expect, test } from 'vitest';
import '../../expression/all-parts.ts';
import { renderValue, scopeOf } from '../../expression/index.ts';
import { isJsonObject, parseJson } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { readInputs } from '../flow-reader.ts';
import { parseYaml } from '../yaml.ts';
import { resolveInputs } from './resolve.ts';
import type { RenderWithInputs, ResolvedInputs } from './resolve.ts';

const services = {
  now: () => 0,
  timeZone: 'UTC',
  random: () => 0,
  randomBytes: (length: number) => new Uint8Array(length),
};
const render: RenderWithInputs = (source, inputs) => renderValue(source, scopeOf({ inputs }), services);

function resolve(yaml: string, given: JsonObject): ResolvedInputs {
  const { inputs, findings } = readInputs(parseYaml(yaml).value);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const answer = resolveInputs(inputs, given, render);
  if (answer instanceof Promise) throw new Error('nothing here has to be waited for');
  return answer;
}

function one(definition: string, given: Json): { value?: Json; error?: string } {
  const { values, errors } = resolve(`- { id: x, ${definition} }`, { x: given });
  return errors.x === undefined ? { value: values.x } : { error: errors.x };
}

describe('a value of each type', () => {
  test.each<[string, Json, Json]>([
    ['type: STRING', 'hello', 'hello'],
    ['type: STRING', 42, '42'],
    ['type: INT', '42', 42],
    ['type: INT', ' -7 ', -7],
    ['type: FLOAT', '1.50', 1.5],
    ['type: BOOL', 'TRUE', true],
    ['type: BOOLEAN', 'yes', false],
    ['type: DATETIME', '2026-01-31T10:00:00+01:00', '2026-01-31T09:00:00Z'],
    ['type: DATE', '2026-02-28', '2026-02-28'],
    ['type: TIME', '10:15:00', '10:15'],
    ['type: DURATION', 'PT90S', 'PT1M30S'],
    ['type: JSON', '{"a": [1]}', { a: [1] }],
    ['type: JSON', { a: 1 }, { a: 1 }],
    ['type: YAML', 'a: [1]', { a: [1] }],
    ['type: URI', 'https://example.com', 'https://example.com'],
    ['type: EMAIL', '', ''],
    ['type: SECRET', 's3cret', 's3cret'],
    ['type: ARRAY, itemType: INT', '["1", 2]', [1, 2]],
    ['type: INT, min: 3, max: 3', '+3', 3],
    ['type: FLOAT, min: 0.5', '1e3', 1000],
    ['type: DURATION, min: PT1M, max: PT2M', 'PT90S', 'PT1M30S'],
    ['type: TIME, after: "09:00", before: "17:00"', '10:15:30.5', '10:15:30.5'],
    ['type: SELECT, allowCustomValue: true, values: [a]', 'b', 'b'],
    ['type: YAML', '# nothing', null],
    ['type: FORM, inputs: [{ id: a, type: INT }]', { a: 1 }, { a: 1 }],
    ['type: SELECT, values: [1, two]', '1', '1'],
    ['type: MULTISELECT, options: [a, b]', ['b'], ['b']],
    ['type: FILE, allowedFileExtensions: [csv]', 'kestra:///a/b.CSV', 'kestra:///a/b.CSV'],
  ])('%s takes %j as %j', (definition, given, value) => expect(one(definition, given)).toEqual({ value }));

  test('keeps integers that no double holds', () => {
    expect(one('type: INT', '9007199254740993').value).toBe(9007199254740993n);
    expect(one('type: INT', '9223372036854775808').error).toContain('64 bits');
  });

  test.each<[string, Json, string]>([
    ['type: INT', '1.5', 'it must be a whole number (INT), but received `1.5`'],
    ['type: INT, min: 3', '2', 'it must be more than `3`, but received `2`'],
    ['type: FLOAT', 'NaN', 'but received `NaN`'],
    ['type: DATE', '2026-02-30', 'it must be a date like'],
    ['type: DATETIME', '2026-01-31', 'it must be a date-time like'],
    ['type: DATE, before: 2026-01-01', '2026-01-02', 'it must be before `2026-01-01`'],
    ['type: INT, max: 3', '4', 'it must be less than `3`, but received `4`'],
    ['type: FLOAT, min: 0.5', '0.25', 'it must be more than `0.5`'],
    ['type: DURATION', '5 minutes', 'it must be an ISO-8601 duration'],
    ['type: DURATION, min: PT1M', 'PT30S', 'It must be more than `PT1M`'],
    ['type: DURATION, max: PT1M', 'PT90S', 'It must be less than `PT1M`'],
    ['type: TIME', '10:61', 'it must be a time like'],
    ['type: TIME, after: "09:00"', '08:59:59', 'it must be after `09:00`'],
    [
      'type: DATETIME, after: "2026-01-01T00:00:00Z"',
      '2025-12-31T23:59:59Z',
      'it must be after `2026-01-01T00:00:00Z`',
    ],
    ['type: EMAIL', 'nobody', 'email'],
    ['type: JSON', '{', 'it must be valid JSON'],
    ['type: FORM, inputs: [{ id: a, type: INT }]', '[]', 'it must be a map'],
    ['type: SELECT, expression: "{{ inputs.gone }}"', 'a', 'Unable to find `gone`'],
    ['type: SELECT, expression: "{{ 3 }}"', 'a', 'Expected a list of strings'],
    ['type: STRING, defaults: "{{ inputs.gone }}"', null, 'Unable to find `gone`'],
    ['type: MULTISELECT, options: [a]', '["a", "b"]', 'it must match the values `[a]`'],
    ['type: ARRAY, itemType: INT', '[1, "a"]', 'its item `a` is wrong'],
    ['type: ARRAY, itemType: INT', '{}', 'it must be a list'],
    ['type: FILE', '/etc/passwd', 'it must be a file'],
    ['type: FILE, allowedFileExtensions: [.csv]', 'kestra:///a/b.exe', 'its extension must be one of'],
    ['type: URI', 'nowhere', 'it must be a URI'],
    ['type: STRING, validator: "a+"', 'xaax', 'it must match the pattern `a+`, but received `xaax`'],
    ['type: YAML', 'a: [', 'it must be valid YAML'],
    ['type: SELECT, values: [a]', 'b', 'it must match the values `[a]`, but received `b`'],
    ['type: STRING', null, 'missing required input, but received `null`'],
  ])('%s refuses %j', (definition, given, message) => {
    expect(one(definition, given).error).toMatch(/^Invalid input for `x`, /);
    expect(one(definition, given).error).toContain(message);
  });
});

describe('several inputs', () => {
  test('all faults are told at once', () => {
    const { errors } = resolve('- { id: a, type: INT }\n- { id: b, type: DATE }\n- { id: c, type: STRING }', {
      a: 'x',
      b: 'y',
      c: 'z',
    });
    expect(Object.keys(errors)).toEqual(['a', 'b']);
  });

  test('ids with dots nest, and may come nested', () => {
    const yaml = '- { id: db.host, type: STRING }\n- { id: db.port, type: INT, defaults: 5432 }';
    expect(resolve(yaml, { 'db.host': 'a' }).values).toEqual({ db: { host: 'a', port: 5432 } });
    expect(resolve(yaml, { db: { host: 'a', port: '1' } }).values).toEqual({ db: { host: 'a', port: 1 } });
  });

  test('defaults may be expressions on the inputs they depend on, in whatever order they stand', () => {
    const yaml = `- { id: greeting, type: STRING, defaults: "Hello {{ inputs.name }}", dependsOn: { inputs: [name] } }\n- { id: name, type: STRING, defaults: World }`;
    const { values, inputs } = resolve(yaml, {});
    expect(values).toEqual({ greeting: 'Hello World', name: 'World' });
    expect(inputs.map(({ input, isDefault }) => [input.id, isDefault])).toEqual([
      ['greeting', true],
      ['name', true],
    ]);
  });

  test('an input that is not enabled is not there, and not asked for', () => {
    const yaml = `- { id: a, type: BOOL }\n- { id: b, type: INT, dependsOn: { inputs: [a], condition: "{{ inputs.a }}" } }\n- { id: c, type: INT, dependsOn: { inputs: [b] } }`;
    const { values, errors, inputs } = resolve(yaml, { a: 'false', b: 'no number' });
    expect([values, errors, inputs.map(({ enabled }) => enabled)]).toEqual([{ a: false }, {}, [true, false, false]]);
  });

  test('an optional input that is not given is null', () => {
    expect(resolve('- { id: a, type: INT, required: false }', {}).values).toEqual({ a: null });
  });

  test('choices come from an expression, the first one by itself when wanted', () => {
    const yaml = `- { id: kind, type: SELECT, expression: "{{ ['a', 'b'] }}", autoSelectFirst: true }`;
    const { values, inputs } = resolve(yaml, {});
    expect([values.kind, inputs[0]?.choices]).toEqual(['a', ['a', 'b']]);
  });

  test('a form is made of its inputs, sent together or one by one', () => {
    const yaml = '- { id: form, type: FORM, inputs: [{ id: a, type: INT }, { id: b, type: STRING, defaults: x }] }';
    expect(resolve(yaml, { form: '{"a": "1"}' }).values).toEqual({ form: { a: 1, b: 'x' } });
    expect(resolve(yaml, { 'form.a': '1' }).values).toEqual({ form: { a: 1, b: 'x' } });
    expect(resolve(yaml, {}).errors.form).toContain('Invalid input for `a`');
  });

  test('others than the defined inputs are ignored, whatever they are called', () => {
    const { values } = resolve(
      '- { id: a, type: STRING }',
      parseJsonMap('{"a": "x", "b": "y", "__proto__": {"c": 1}}'),
    );
    expect(values).toEqual({ a: 'x' });
  });

  test('what has to be waited for is waited for', async () => {
    const { inputs } = readInputs(
      parseYaml(
        `- { id: a, type: STRING, defaults: "{{ kv('x') }}" }\n- { id: b, type: STRING, defaults: "{{ inputs.a }}!", dependsOn: { inputs: [a] } }`,
      ).value,
    );
    const waiting: RenderWithInputs = (source, values) =>
      renderValue(source, scopeOf({ inputs: values }), {
        ...services,
        kv: async () => ({ state: 'found', value: 'stored' }),
      });
    expect((await resolveInputs(inputs, {}, waiting)).values).toEqual({ a: 'stored', b: 'stored!' });
  });
});

function parseJsonMap(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new Error('a map was expected');
  return value;
}
