import { describe, expect, test } from 'vitest';
import { suggestionsAt, typeAround } from './suggestions.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { placeAt, scopesOf } from './yaml-place.ts';

const catalogue: TypeCatalogue = {
  types: async (kind) =>
    kind === 'tasks' ? [{ cls: 'core.log.Log', title: 'Write a line' }] : [{ cls: 'core.trigger.Schedule' }],
  documentation: async (type) =>
    type === 'core.log.Log'
      ? {
          schema: {
            properties: {
              required: ['message'],
              properties: {
                message: { type: 'string' },
                level: { enum: ['INFO', 'WARN'] },
                strict: { type: 'boolean' },
                retry: { $ref: '#/definitions/Retry' },
              },
            },
            outputs: { properties: { line: { type: 'string' } } },
            definitions: { Retry: { properties: { interval: { type: 'string' } } } },
          },
        }
      : undefined,
  filters: async () => [{ name: 'upper' }],
  functions: async () => [{ name: 'now' }],
};

async function at(marked: string): Promise<string[]> {
  const offset = marked.indexOf('¦');
  const source = marked.replace('¦', '');
  const place = placeAt(source, offset);
  return place ? (await suggestionsAt(place, source, catalogue)).map(({ label }) => label) : [];
}

describe('suggestions in YAML', () => {
  test('at the root are the members of a flow that are not there yet', async () => {
    const labels = await at('id: a\n¦');
    expect(labels).toContain('tasks');
    expect(labels).not.toContain('id');
  });

  test('for a task without a type are its name and type', async () => {
    expect(await at('tasks:\n  - id: a\n    ¦')).toEqual(['type']);
  });

  test('for a type depend on the list', async () => {
    expect(await at('tasks:\n  - id: a\n    type: ¦')).toEqual(['core.log.Log']);
    expect(await at('triggers:\n  - id: a\n    type: ¦')).toEqual(['core.trigger.Schedule']);
    expect(await at('inputs:\n  - id: a\n    type: ¦')).toContain('STRING');
  });

  test('for a task are the properties of its type, and then those of every task', async () => {
    expect(await at('tasks:\n  - id: a\n    type: core.log.Log\n    message: x\n    ¦')).toEqual([
      ...['level', 'strict', 'retry'],
      ...['description', 'runIf', 'timeout', 'disabled', 'allowFailure', 'allowWarning', 'logLevel'],
    ]);
  });

  test('inside a property follow its schema', async () => {
    expect(await at('tasks:\n  - id: a\n    type: core.log.Log\n    retry:\n      ¦')).toEqual(['interval']);
  });

  test('for a value are what it may be', async () => {
    expect(await at('tasks:\n  - id: a\n    type: core.log.Log\n    level: ¦')).toEqual(['INFO', 'WARN']);
    expect(await at('tasks:\n  - id: a\n    type: core.log.Log\n    strict: ¦')).toEqual(['true', 'false']);
  });
});

describe('suggestions in an expression', () => {
  const flow =
    'inputs:\n  - id: name\n    type: STRING\ntasks:\n  - id: greet\n    type: core.log.Log\n    message: "{{ ';

  test('begin with the variables and functions', async () => {
    expect(await at(`${flow}¦`)).toEqual(expect.arrayContaining(['inputs', 'outputs', 'now']));
  });

  test('after a dot are the names of this flow', async () => {
    expect(await at(`${flow}inputs.¦`)).toEqual(['name']);
    expect(await at(`${flow}outputs.gr¦`)).toEqual(['greet']);
    expect(await at(`${flow}outputs.greet.¦`)).toEqual(['line']);
  });

  test('after a bar are the filters', async () => {
    expect(await at(`${flow}inputs.name | ¦`)).toEqual(['upper']);
  });
});

test('the documentation beside the cursor is that of the task around it', () => {
  const source = 'tasks:\n  - id: a\n    type: core.log.Log\n    retry:\n      interval: PT1S\n';
  expect(typeAround(scopesOf(source, source.indexOf('PT1S')))).toBe('core.log.Log');
});
