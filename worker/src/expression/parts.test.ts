import { expect, test } from 'vitest';
import { calendar, hashes, loadParts, regularExpressions } from './parts.ts';
import { renderText } from './render.ts';
import { scopeOf } from './scope.ts';

const services = { now: () => 0, timeZone: 'UTC', random: () => 0, randomBytes: () => new Uint8Array() };
const render = (template: string) => renderText(template, scopeOf({ date: '2024-01-31' }), services);

test.each([
  ["{{ date | dateAdd(1, 'MONTHS', format='iso_local_date') }}", '2024-02-29', calendar],
  ["{{ 'aab' | replace({'a+': 'x'}, regexp=true) }}", 'xb', regularExpressions],
  ["{{ 'a' | md5 }}", '0cc175b9c0f1b6a831c399e269772661', hashes],
])('%s waits for its part of the interpreter once', async (template, text, part) => {
  expect(part.loaded).toBeUndefined();
  const first = render(template);
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toEqual({ ok: true, value: text });
  expect(render(template)).toEqual({ ok: true, value: text });
});

test('what needs none waits for none', () => {
  expect(render('{{ date | upper }}')).toEqual({ ok: true, value: '2024-01-31' });
});

test('all parts can be loaded ahead', async () => {
  await loadParts();
  expect([calendar, regularExpressions, hashes].every(({ loaded }) => loaded !== undefined)).toBe(true);
});
