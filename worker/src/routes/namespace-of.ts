import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { Namespace } from '../protocol/names.ts';

/** The namespace in a route's path. */
export function namespaceOf(c: Context<AppEnv>): string {
  const namespace = Namespace.safeParse(c.req.param('namespace'));
  if (!namespace.success)
    throw new AppError('invalid_parameter', `Invalid namespace: it ${z.prettifyError(namespace.error)}`);
  return namespace.data;
}
