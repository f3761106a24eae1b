import { describe, expect, test } from 'vitest';
import { Temporal } from 'temporal-polyfill';
import { Decimal, parseJson, stringifyJson } from '../protocol/json.ts';
import { assert } from '../result.ts';
import { renderDeep, renderText, renderValue } from './render.ts';
import { scopeOf } from './scope.ts';
import { Lookup } from './value.ts';
import { isTruthyText } from './truth.ts';
import { parseTemplate } from './template.ts';
import { NOW_MS, errorOf, servicesWith, textOf } from './testing.ts';
import type { Scope } from './scope.ts';
import type { Value } from './value.ts';

describe('values are printed', () => {
  test.each([
    ['{{ list }}', '["string",1,1.123]'],
    ['{{ map }}', '{"a":"1","b":{"c":[]}}'],
    ['{{ none }}{{ nil }}', ''],
    ['{{ yes }} {{ float }} {{ big }} {{ long }}', 'true 0.1 12345678901234567890 0.12345678901234567890'],
    ["{{ [big, long, 8.0, nil, 'a\"b\n'] }}", '[12345678901234567890,0.12345678901234567890,8.0,null,"a\\"b\\n"]'],
    ['{{ list[3] is defined ? bla : null }}', ''],
    ['no expression, { or } or %}', 'no expression, { or } or %}'],
    ['', ''],
  ])('%s as %s', (template, text) => {
    const variables = {
      list: ['string', 1, 1.123],
      map: { a: '1', b: { c: [] } },
      nil: null,
      yes: true,
      float: 0.1,
      big: 12345678901234567890n,
      long: new Decimal('0.12345678901234567890'),
    };
    expect(textOf(template, variables)).toBe(text);
  });

  test('dates as Java prints them, and with all their fields in JSON', () => {
    const scope: Scope = {
      variable: (name) => DATES[name],
      names: () => Object.keys(DATES),
    };
    const text = (template: string) => renderText(template, scope, servicesWith());
    expect(text('{{ zoned }} {{ offset }} {{ utc }} {{ day }}')).toMatchObject({
      value: '2013-09-08T16:19+02:00[Europe/Paris] 2013-09-08T16:19:01+02:00 2013-09-08T16:19Z 2013-09-08',
    });
    expect(text('{{ [zoned, day] }}')).toMatchObject({ value: '["2013-09-08T16:19:00+02:00","2013-09-08"]' });
    expect(
      text("{{ day | date('iso_sec') }} {{ instant | date('iso_sec') }} {{ local | date('iso_sec', 'Europe/Paris') }}"),
    ).toMatchObject({
      value: '2013-09-08T12:00:00Z 2013-09-08T14:19:00Z 2013-09-08T16:19:00+02:00',
    });
    expect(
      text('{{ zoned == offset }} {{ zoned == zoned }} {{ zoned is empty }} {{ zoned | className }}'),
    ).toMatchObject({
      value: 'false true false java.time.ZonedDateTime',
    });
    expect(renderValue('{{ {"d": zoned} }}', scope, servicesWith())).toMatchObject({
      value: { d: '2013-09-08T16:19:00+02:00' },
    });
  });
});

const DATES: Readonly<Record<string, Value>> = {
  zoned: Temporal.ZonedDateTime.from('2013-09-08T16:19:00+02:00[Europe/Paris]'),
  offset: Temporal.ZonedDateTime.from('2013-09-08T16:19:01+02:00[+02:00]'),
  utc: Temporal.ZonedDateTime.from('2013-09-08T16:19:00Z[UTC]'),
  day: Temporal.PlainDate.from('2013-09-08'),
  instant: Temporal.Instant.from('2013-09-08T14:19:00Z'),
  local: Temporal.PlainDateTime.from('2013-09-08T16:19:00'),
};

test('numbers leave a rendering as they came', () => {
  const text = '{"a":12345678901234567890,"b":[0.12345678901234567890,1e400,1.50]}';
  const result = renderValue('{{ v }}', scopeOf({ v: parseJson(text) }), servicesWith());
  assert(!(result instanceof Promise) && result.ok, 'rendered');
  expect(stringifyJson(result.value)).toBe('{"a":12345678901234567890,"b":[0.12345678901234567890,1e400,1.5]}');
});

describe('a map is rendered deeply', () => {
  const deep = (value: Parameters<typeof renderDeep>[0], variables = {}) =>
    renderDeep(value, scopeOf(variables), servicesWith());

  test('with its keys, in its order, and all that is no text is kept', () => {
    const value = {
      '{{ k }}': ['{{ v }}', 1, null, true, new Decimal('1.50')],
      b: { c: '{{ k }}-{{ v }}' },
      __proto_: 'x',
    };
    const result = deep(value, { k: 'key', v: 2 });
    expect(result).toEqual({
      ok: true,
      value: { key: ['2', 1, null, true, new Decimal('1.50')], b: { c: 'key-2' }, __proto_: 'x' },
    });
  });

  test('and fails with its first error', () => {
    expect(deep(['{{ a }}', '{{ b }}'])).toMatchObject({ ok: false, error: { name: 'a' } });
  });

  test('with one budget for all of it', () => {
    const texts = Array.from({ length: 50 }, () => '{% for i in 1..100 %}{% endfor %}');
    expect(renderDeep(texts, scopeOf({}), servicesWith(), { budget: { steps: 2_000 } })).toMatchObject({
      error: { code: 'expression_steps_exceeded' },
    });
    expect(renderDeep(texts, scopeOf({}), servicesWith(), { budget: { steps: 200_000 } })).toMatchObject({ ok: true });
  });

  test('a key such as __proto__ becomes a key', () => {
    const result = deep(parseJson('{"{{ k }}": {"polluted": true}}'), { k: '__proto__' });
    assert(!(result instanceof Promise) && result.ok, 'rendered');
    expect(stringifyJson(result.value)).toBe('{"__proto__":{"polluted":true}}');
  });

  test('one that is too deep is an error', () => {
    let value: Parameters<typeof renderDeep>[0] = '{{ 1 }}';
    for (let level = 0; level < 100_000; level++) value = [value];
    expect(deep(value)).toMatchObject({ error: { code: 'expression_depth_exceeded' } });
  });
});

describe('a service that answers later', () => {
  test('makes the answer a promise, and each question is asked once', async () => {
    const asked: string[] = [];
    const services = servicesWith({
      kv: async (key) => {
        asked.push(key);
        return { state: 'found', value: key.length };
      },
    });
    const result = renderText(
      "{{ kv('a') }}{% for k in ['bb', 'ccc'] %}{{ kv(k) }}{% endfor %}{{ randomInt(0, 10) }}{{ randomInt(0, 10) }}",
      scopeOf({}),
      services,
    );
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual({ ok: true, value: '12301' });
    expect(asked).toEqual(['a', 'bb', 'ccc']);
  });

  test('and fails, fails the expression with its message', async () => {
    const services = servicesWith({ read: () => Promise.reject(new Error('the file is gone')) });
    expect(await renderText("{{ read('a') ?? 'd' }}", scopeOf({}), services)).toMatchObject({
      ok: false,
      error: { code: 'expression_service', message: expect.stringContaining('the file is gone') },
    });
  });

  test('an error after it is an error of the template', async () => {
    const services = servicesWith({ secret: async () => 's' });
    expect(await renderText("{{ secret('a') }}{{ gone }}", scopeOf({}), services)).toMatchObject({
      ok: false,
      error: { name: 'gone' },
    });
  });

  test('may be waited for a bounded number of times', async () => {
    const services = servicesWith({ secret: async () => 's' });
    const template = "{% for i in 1..1000 %}{{ secret('a') }}{% endfor %}";
    expect(await renderText(template, scopeOf({}), services)).toMatchObject({
      error: { code: 'expression_waits_exceeded' },
    });
  });

  test('works in deep renderings, one text beside the other', async () => {
    const services = servicesWith({ secret: async (key) => key.toLowerCase() });
    const result = renderDeep({ a: ["{{ secret('A') }}", 'b'], "{{ secret('C') }}": 1 }, scopeOf({}), services);
    expect(await result).toEqual({ ok: true, value: { a: ['a', 'b'], c: 1 } });
  });

  test('macros and blocks of a suspended rendering leave nothing behind', async () => {
    const services = servicesWith({ secret: async () => 's' });
    const template = "{% set a = 1 %}{% macro m() %}[{{ secret('x') }}]{% endmacro %}{{ m() }}{{ m() }}{{ a }}";
    expect(await renderText(template, scopeOf({}), services)).toEqual({ ok: true, value: '[s][s]1' });
  });
});

describe('the setting that renders results again', () => {
  const options = { recursive: true };

  test('renders until nothing changes, and leaves raw text alone', () => {
    expect(textOf('{{ a }}', { a: '{{ b }}', b: '{{ c }}', c: 1 }, servicesWith(), options)).toBe('1');
    expect(
      textOf('{% raw %}{{ a }}{% endraw %} {{ b }}', { b: '{% raw %}{{ c }}{% endraw %}' }, servicesWith(), options),
    ).toBe('{{ a }} {{ c }}');
  });

  test('has no render function', () => {
    expect(errorOf('{{ render(a) }}', { a: '1' }, servicesWith(), options).message).toContain(
      'Function or Macro [render] does not exist',
    );
  });

  test('stops a text that never rests', () => {
    expect(errorOf('{{ a }}', { a: '{{ b }}', b: '{{ a }}' }, servicesWith(), options).code).toBe(
      'expression_passes_exceeded',
    );
  });
});

describe('variables', () => {
  test('may be made when they are first asked for, once', () => {
    let made = 0;
    const scope = scopeOf({ lazy: () => [++made], unused: () => assertNeverMade() });
    expect(renderText('{{ lazy[0] }}{{ lazy[0] }}', scope, servicesWith())).toEqual({ ok: true, value: '11' });
  });

  test('may be looked up, and are made to be printed', () => {
    class Squares extends Lookup {
      get(name: string): Value | undefined {
        return /^\d$/.test(name) ? Number(name) ** 2 : undefined;
      }
      keys(): Iterable<string> {
        return ['2', '3'];
      }
    }
    const scope = scopeOf({ squares: new Squares() });
    const text = (template: string) => renderText(template, scope, servicesWith());
    expect(text("{{ squares['9'] }} {{ squares }} {{ squares | keys }} {{ squares | length }}")).toMatchObject({
      value: '81 {"2":4,"3":9} ["2","3"] 2',
    });
    expect(text("{{ squares.x ?? 'none' }} {{ squares is map }} {{ squares == {'2': 4, '3': 9} }}")).toMatchObject({
      value: 'none true true',
    });
    expect(renderValue('{{ squares }}', scope, servicesWith())).toEqual({ ok: true, value: { 2: 4, 3: 9 } });
  });
});

function assertNeverMade(): never {
  throw new Error('this variable is not used');
}

test('the text of a condition decides', () => {
  expect(['', 'false', '0', '-0'].map(isTruthyText)).toEqual([false, false, false, false]);
  expect(['true', 'False', '00', ' ', 'no'].map(isTruthyText)).toEqual([true, true, true, true, true]);
});

test('a template can be checked without being rendered', () => {
  expect(parseTemplate('{{ a }} {% if b %}{% endif %}').ok).toBe(true);
  expect(parseTemplate('{{ a ')).toMatchObject({ ok: false, error: { code: 'expression_syntax', line: 1 } });
});

test('the clock is the services', () => {
  expect(textOf('{{ now() | timestampMilli }}')).toBe(String(NOW_MS));
});
