import { describe, expect, test } from 'vitest';
import { parseJson } from '../protocol/json.ts';
import { errorOf, textOf } from './testing.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'then',
];

describe.each(NAMES)('%s is nothing but a name', (name) => {
  test.each([
    `{{ ${name} }}`,
    `{{ a.${name} }}`,
    `{{ a['${name}'] }}`,
    `{{ l.${name} }}`,
    `{{ l['${name}'] }}`,
    `{{ 'text'['${name}'] }}`,
    `{{ (1).${name} }}`,
    `{{ true.${name} }}`,
  ])('%s is not defined', (template) => {
    expect(errorOf(template, { a: {}, l: [1] }).code).toBe('expression_undefined');
  });

  test('as a filter, function, test or tag it does not exist', () => {
    for (const template of [`{{ 1 | ${name} }}`, `{{ ${name}() }}`, `{{ 1 is ${name} }}`, `{% ${name} %}`]) {
      expect(errorOf(template).code).toBe('expression_unknown');
    }
  });

  test('as a key of a map it holds a value and changes nothing else', () => {
    expect(textOf(`{{ {'${name}': {'x': 1}} }} {{ ({'${name}': {'x': 1}}).${name}.x }}`)).toBe(`{"${name}":{"x":1}} 1`);
    expect(textOf(`{{ ({} | merge({'${name}': {'x': 1}})).x is defined }}`)).toBe('false');
    expect(textOf(`{{ fromJson(j) }}{{ (fromJson(j)).x is defined }}`, { j: `{"${name}":{"x":1}}` })).toBe(
      `{"${name}":{"x":1}}false`,
    );
    expect(textOf(`{{ yaml(y) }}`, { y: `${name}: {x: 1}` })).toBe(`{"${name}":{"x":1}}`);
    expect(textOf(`{{ fromIon(i) }}`, { i: `{${name}: {x: 1}}` })).toBe(`{"${name}":{"x":1}}`);
    expect(textOf(`{{ render(m) }}{{ m | replace({'x': 'y'}) }}`, { m: parseJson(`{"${name}":"x"}`) })).toBe(
      `{"${name}":"x"}{"${name}":"y"}`,
    );
  });
});

test('a list has no length to read and no index below zero', () => {
  for (const template of ['{{ l.length }}', '{{ l[-1] }}', '{{ l[1.5] }}', "{{ l['-1'] }}", '{{ l[9] }}']) {
    expect(errorOf(template, { l: [1] }).code).toBe('expression_undefined');
  }
});

test('nothing of the world outside is a variable', () => {
  for (const name of ['globalThis', 'process', 'self', 'this', 'arguments', 'Object', 'eval'])
    expect(errorOf(`{{ ${name} }}`).code).toBe('expression_undefined');
});
