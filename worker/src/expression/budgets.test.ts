import { describe, expect, test } from 'vitest';
import { renderText } from './render.ts';
import { scopeOf } from './scope.ts';
import { errorOf, servicesWith, textOf } from './testing.ts';
import { HOSTILE_TEMPLATES } from '../testing/hostile-templates.ts';

const A_MANY = 'a'.repeat(50_000);

describe('what would cost too much is an error of its budget', () => {
  test.each(HOSTILE_TEMPLATES)('%s', (_name, template, code, variables) => {
    expect(errorOf(template, variables ?? {}).code).toBe(code);
  });
});

test('a regular expression that others choke on is matched in linear time', () => {
  expect(textOf("{{ (s ~ 'b') | replace({'(a+)+$': ''}, regexp=true) | length }}", { s: A_MANY })).toBe('50001');
});

test('time is limited by the clock of the services, but not the time spent waiting', async () => {
  let now = 0;
  const slow = servicesWith({ now: () => (now += 400) });
  expect(errorOf('{% for i in 1..100000 %}{% endfor %}', {}, slow).code).toBe('expression_time_exceeded');
  const waiting = servicesWith({
    now: () => now,
    secret: async () => {
      now += 3_600_000;
      return 's';
    },
  });
  const template =
    "{% for i in 1..10000 %}{% endfor %}{{ secret('a') }}{% for i in 1..10000 %}{% endfor %}{{ secret('a') }}";
  expect(await renderText(template, scopeOf({}), waiting)).toEqual({ ok: true, value: 'ss' });
});

test('a caller may set smaller budgets', () => {
  const budget = { outputChars: 3 };
  expect(textOf('{{ 1 }}', {}, servicesWith(), { budget })).toBe('1');
  expect(errorOf('abc{{ 1 }}', {}, servicesWith(), { budget }).code).toBe('expression_output_exceeded');
});

test('honest use is far from every budget', () => {
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `row ${id}` }));
  const text = textOf('{% for row in rows %}{% if row.id is even %}{{ row.name | upper }},{% endif %}{% endfor %}', {
    rows,
  });
  expect(text.length).toBeGreaterThan(20_000);
  expect(textOf('{{ rows }}', { rows })).toBe(JSON.stringify(rows));
  expect(textOf("{% macro down(n) %}{{ n > 0 ? down(n - 1) : 'end' }}{% endmacro %}{{ down(100) }}")).toBe('end');
});
