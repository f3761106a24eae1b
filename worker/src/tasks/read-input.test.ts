import { describe, expect, test } from 'vitest';
import * as z from '../zod.ts';
import { renderDeep, scopeOf } from '../expression/index.ts';
import type { Services } from '../expression/index.ts';
import type { JsonObject } from '../protocol/json.ts';
import {
  dynamic,
  dynamicBoolean,
  dynamicDuration,
  dynamicInteger,
  dynamicText,
  dynamicTexts,
  dynamicTextMap,
  expressionText,
} from './properties.ts';
import { readInput } from './read-input.ts';

const definition = {
  input: z.object({
    text: dynamicText().optional(),
    count: dynamicInteger().default(1),
    flag: dynamicBoolean().optional(),
    level: dynamic(z.enum(['INFO', 'WARN'])).optional(),
    time: dynamicDuration().optional(),
    list: dynamicTexts().optional(),
    map: dynamicTextMap().optional(),
    later: expressionText().optional(),
    nested: z.object({ inner: dynamicText() }).optional(),
  }),
};

const services: Services = {
  now: () => 0,
  timeZone: 'UTC',
  random: () => 0,
  randomBytes: (length) => new Uint8Array(length),
};
const scope = scopeOf({ n: 5, yes: true, list: ['a', 'b'], name: 'x' });

function read(properties: JsonObject) {
  const answer = readInput(definition, properties, (value) => renderDeep(value, scope, services));
  if (answer instanceof Promise) throw new Error('nothing here has to be waited for');
  return answer;
}

describe('the input of a task', () => {
  test('has its defaults, and its expressions rendered to what the type wants', () => {
    expect(
      read({
        text: '{{ n }} times',
        count: '{{ n }}',
        flag: '{{ yes }}',
        level: 'WARN',
        time: 'PT{{ n }}S',
        list: '{{ list }}',
        map: { '{{ name }}': '{{ n }}' },
        nested: { inner: '{{ name }}' },
      }),
    ).toEqual({
      ok: true,
      value: {
        text: '5 times',
        count: 5,
        flag: true,
        level: 'WARN',
        time: 'PT5S',
        list: ['a', 'b'],
        map: { x: '5' },
        nested: { inner: 'x' },
      },
    });
    expect(read({})).toEqual({ ok: true, value: { count: 1 } });
  });

  test('keeps what is rendered elsewhere as it is', () => {
    expect(read({ later: '{{ n }}' })).toEqual({ ok: true, value: { count: 1, later: '{{ n }}' } });
  });

  test('takes scalars for texts', () => {
    expect(read({ text: 5, list: [1, true] })).toEqual({
      ok: true,
      value: { text: '5', count: 1, list: ['1', 'true'] },
    });
  });

  test('is a fault when an expression gives something else', () => {
    expect(read({ count: '{{ name }}' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('count: must be a number, but is `x`') },
    });
    expect(read({ level: '{{ name }}' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('level: must be one of INFO, WARN') },
    });
    expect(read({ text: '{{ nobody }}' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('Unable to find `nobody`') },
    });
  });

  test('waits only when an expression has to', async () => {
    const slow: Services = { ...services, kv: async () => ({ state: 'found', value: 'stored' }) };
    const answer = readInput(definition, { text: "{{ kv('x') }}" }, (value) => renderDeep(value, scope, slow));
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toEqual({ ok: true, value: { text: 'stored', count: 1 } });
  });
});
