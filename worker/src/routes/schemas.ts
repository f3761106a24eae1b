/** Published documents that editors fetch without credentials. Mounted under /api/v1/schemas. */
import { createRoute, z } from '@hono/zod-openapi';
import { flowJsonSchema } from '../flow/json-schema.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { open } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { json } from './respond.ts';

const flowSchema = createRoute({
  method: 'get',
  path: '/flow.json',
  middleware: [open()] as const,
  responses: { 200: json('JSON schema of a flow', z.record(z.string(), z.unknown())) },
});

export const schemaRoutes = routes<GlobalEnv>().openapi(flowSchema, (c) => c.json(flowJsonSchema(), 200));
