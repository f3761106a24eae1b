/** What the tests of this folder share: a world that is always the same, and renderings without ceremony. */
import { assert } from '../result.ts';
import './all-parts.ts';
import { renderText, renderValue } from './render.ts';
import { scopeOf } from './scope.ts';
import type { Json } from '../protocol/json.ts';
import type { ExpressionError } from './error.ts';
import type { RenderOptions } from './render.ts';
import type { Services } from './services.ts';

/** 2024-02-29T12:30:15.123Z, a Thursday. */
export const NOW_MS = Date.UTC(2024, 1, 29, 12, 30, 15, 123);

export function servicesWith(more: Partial<Services> = {}): Services {
  let draws = 0;
  return {
    now: () => NOW_MS,
    timeZone: 'UTC',
    random: () => (draws++ % 10) / 10,
    randomBytes: (length) => Uint8Array.from({ length }, (_, index) => index * 7),
    ...more,
  };
}

export type Variables = Readonly<Record<string, Json>>;

/** The text of a template that needs nothing asynchronous; fails the test on an error. */
export function textOf(
  template: string,
  variables: Variables = {},
  services = servicesWith(),
  options?: RenderOptions,
): string {
  const result = renderText(template, scopeOf(variables), services, options);
  assert(!(result instanceof Promise), 'a rendering that waits for nothing is synchronous');
  assert(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

export function valueOf(template: string, variables: Variables = {}): Json {
  const result = renderValue(template, scopeOf(variables), servicesWith());
  assert(!(result instanceof Promise), 'a rendering that waits for nothing is synchronous');
  assert(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

/** The error of a template that must fail. */
export function errorOf(
  template: string,
  variables: Variables = {},
  services = servicesWith(),
  options?: RenderOptions,
): ExpressionError {
  const result = renderText(template, scopeOf(variables), services, options);
  assert(!(result instanceof Promise), 'a rendering that waits for nothing is synchronous');
  assert(!result.ok, `expected an error, got ${result.ok ? result.value : ''}`);
  return result.error;
}
