/** Describes answers for `createRoute`, so that a route says them in one line. */
import type { z } from '@hono/zod-openapi';

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
