/** The words of the expression language, for completion. Mounted under /api/v1/pebble. */
import { createRoute, z } from '@hono/zod-openapi';
import { filterDocs } from '../expression/filters/registry.ts';
import { functionDocs } from '../expression/functions/registry.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { json } from './respond.ts';

const Words = z.array(z.object({ name: z.string(), arguments: z.array(z.string()), description: z.string() }));

const filters = createRoute({
  method: 'get',
  path: '/filters',
  middleware: [signedIn()] as const,
  responses: { 200: json('What may stand behind a |', Words) },
});

const functions = createRoute({
  method: 'get',
  path: '/functions',
  middleware: [signedIn()] as const,
  responses: { 200: json('What may be called', Words) },
});

export const pebbleRoutes = routes<GlobalEnv>()
  .openapi(filters, (c) => c.json(filterDocs.map(copy), 200))
  .openapi(functions, (c) => c.json(functionDocs.map(copy), 200));

function copy({
  name,
  arguments: parameters,
  description,
}: (typeof filterDocs)[number]): z.infer<typeof Words>[number] {
  return { name, arguments: [...parameters], description };
}
