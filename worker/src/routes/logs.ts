/** Logs of executions. Mounted under /api/v1/{tenant}/logs. */
import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import type { LogQuery } from '../objects/log-view.ts';
import { LOG_LEVELS } from '../protocol/states.ts';
import { eventStream, found, jsonText, objectOf } from './execution-id.ts';

export const logRoutes = routes();

logRoutes.get('/:id', can('EXECUTION', 'ACCESS_LOGS'), async (c) => {
  const { id, object } = objectOf(c);
  return jsonText(found(c, await object.logs(id, queryOf(c))));
});

logRoutes.get('/:id/download', can('EXECUTION', 'ACCESS_LOGS'), async (c) => {
  const { id, object } = objectOf(c);
  return new Response(found(c, await object.logText(id, queryOf(c))), {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="kestra-execution-${id}.log"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
});

logRoutes.get('/:id/follow', can('EXECUTION', 'ACCESS_LOGS'), async (c) => {
  const { id, object } = objectOf(c);
  return eventStream(found(c, await object.followLogs(id, queryOf(c))));
});

logRoutes.delete('/:id', can('EXECUTION', 'DELETE'), async (c) => {
  const { id, object } = objectOf(c);
  found(c, (await object.deleteLogs(id)) || undefined);
  return c.body(null, 204);
});

const Query = z.object({
  minLevel: z.enum(LOG_LEVELS).optional(),
  taskId: z.string().optional(),
  taskRunId: z.string().optional(),
  attempt: z.coerce.number().int().nonnegative().optional(),
});

function queryOf(c: Context<AppEnv>): LogQuery {
  const given = Object.entries(c.req.query()).filter(([, value]) => value !== '');
  const level = c.req.query('filters[level][EQUALS]') ?? c.req.query('filters[level][GREATER_THAN_OR_EQUAL_TO]');
  const query = Query.safeParse({ ...(level && { minLevel: level }), ...Object.fromEntries(given) });
  if (!query.success) throw new AppError('invalid_parameter', z.prettifyError(query.error));
  return query.data;
}
