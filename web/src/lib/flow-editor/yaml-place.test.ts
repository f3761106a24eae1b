import { describe, expect, test } from 'vitest';
import { placeAt, scopesOf } from './yaml-place.ts';

/** The place of the mark `¦` in a source. */
function at(marked: string) {
  const offset = marked.indexOf('¦');
  return placeAt(marked.replace('¦', ''), offset);
}

describe('placeAt', () => {
  test('knows the root of the flow and what is there already', () => {
    const place = at('id: a\nnamespace: demo\nta¦');
    expect(place).toMatchObject({ kind: 'key', from: 22, scopes: [{ members: { id: 'a', namespace: 'demo' } }] });
  });

  test('knows the task that a property belongs to, and the list that holds it', () => {
    const place = at('tasks:\n  - id: a\n    type: core.log.Log\n    me¦\n  - id: b\n    type: other\n');
    expect(place).toMatchObject({
      kind: 'key',
      scopes: [
        { under: 'tasks', isItem: true, members: { id: 'a', type: 'core.log.Log' } },
        { members: { tasks: '' } },
      ],
    });
    expect(place).not.toMatchObject({ scopes: [{ members: { type: 'other' } }] });
  });

  test('understands lists that stand as far left as their key', () => {
    expect(at('tasks:\n- id: a\n  ty¦\n')).toMatchObject({
      scopes: [{ under: 'tasks', isItem: true, members: { id: 'a' } }, {}],
    });
  });

  test('understands a new item', () => {
    expect(at('tasks:\n  - id: a\n    type: x\n  - ¦')).toMatchObject({
      kind: 'key',
      scopes: [{ under: 'tasks', isItem: true, members: {} }, {}],
    });
  });

  test('sees the members that follow as well', () => {
    expect(at('tasks:\n  - ¦\n    type: x\n')).toMatchObject({ scopes: [{ members: { type: 'x' } }, {}] });
  });

  test('walks out of nested maps', () => {
    const place = at('tasks:\n  - id: a\n    type: t\n    retry:\n      type: constant\n      in¦\n');
    expect(place).toMatchObject({
      scopes: [
        { under: 'retry', isItem: false, members: { type: 'constant' } },
        { under: 'tasks', isItem: true, members: { id: 'a', type: 't', retry: '' } },
        {},
      ],
    });
  });

  test('tells a value from a key', () => {
    expect(at('tasks:\n  - id: a\n    type: core.l¦')).toMatchObject({ kind: 'value', key: 'type', from: 27 });
    expect(at('tasks:\n  - type: ¦')).toMatchObject({ kind: 'value', key: 'type', scopes: [{ under: 'tasks' }, {}] });
  });

  test('finds no key inside a block of text', () => {
    expect(at('tasks:\n  - id: a\n    script: |\n      im¦\n')).toBeUndefined();
  });

  test('sees an open expression, and the end of a closed one', () => {
    expect(at('x: "{{ outputs.¦')).toMatchObject({ kind: 'expression', before: ' outputs.' });
    expect(at('x: "{{ a }} ¦')).toBeUndefined();
  });
});

test('scopesOf says where a line belongs wherever the cursor stands in it', () => {
  const source = 'tasks:\n  - id: a\n    type: core.log.Log\n    message: hello\n';
  expect(scopesOf(source, source.indexOf('hello') + 3)[0]).toMatchObject({ members: { type: 'core.log.Log' } });
  expect(scopesOf(source, source.indexOf('id: a'))[0]).toMatchObject({ members: { type: 'core.log.Log' } });
});
