import { expect, test } from 'vitest';
import { renderText } from './render.ts';
import { scopeOf } from './scope.ts';

// This file imports nothing that loads the engine ahead of time.
const services = {
  now: () => 0,
  timeZone: 'UTC',
  random: () => 0,
  randomBytes: (length: number) => new Uint8Array(length),
  secret: async (key: string) => `<${key}>`,
};

test('plain patterns need no engine; the first that does waits for it, and no other', async () => {
  const render = (template: string) => renderText(template, scopeOf({}), services);
  expect(render("{{ 'a,b' | split(',') }}")).toEqual({ ok: true, value: '["a","b"]' });
  const first = render("{{ secret('k') }} {{ 'a1b' | split('\\d+') }} {{ secret('l') }}");
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toEqual({ ok: true, value: '<k> ["a","b"] <l>' });
  expect(render("{{ 'a1b' | split('\\d+') }}")).toEqual({ ok: true, value: '["a","b"]' });
});
