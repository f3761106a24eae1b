/** Describes answers for `createRoute`, so that a route says them in one line. */
import type { z } from '@hono/zod-openapi';
import type { TypedResponse } from 'hono';
import type { JSONParsed } from 'hono/utils/types';
import { stringifyJson } from '../protocol/json.ts';

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } };
}

export const NO_CONTENT = { 204: { description: 'Done' } };

/** An instant as the API writes it. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}

/** A JSON answer whose numbers leave as they came: what holds a user's values goes out by this and not by `c.json`. */
export function lossless<Value>(value: Value): Response & TypedResponse<JSONParsed<Value>, 200, 'json'> {
  const answer = new Response(stringifyJson(value), { headers: { 'Content-Type': 'application/json' } });
  return answer as Response & TypedResponse<JSONParsed<Value>, 200, 'json'>;
}
