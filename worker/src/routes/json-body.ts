import type { Context } from 'hono';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';

/** The body of a route that is not made by `createRoute`, whatever content type it comes with. */
export async function readJson<Schema extends z.ZodType>(
  c: Context<AppEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is not JSON.', { cause });
  }
  return schema.parse(body);
}
