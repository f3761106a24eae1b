/** What clients ask before anything else. Mounted under /api/v1. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../db/directory.ts';
import * as people from '../db/people.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { originOf } from '../middleware/origin.ts';
import { open, signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { json } from './respond.ts';

/** The line of Kestra's API that this one imitates: clients branch on it. */
const API_LINE = '1.3.26';

const Configs = z.object({
  uuid: z.string(),
  version: z.string(),
  edition: z.string(),
  url: z.string(),
  environment: z.object({ name: z.string() }),
  preview: z.object({ initial: z.int(), max: z.int() }),
  systemNamespace: z.string(),
  hiddenLabelsPrefixes: z.array(z.string()),
  chartDefaultDuration: z.string(),
  isAiEnabled: z.boolean(),
  isAnonymousUsageEnabled: z.boolean(),
  isUiAnonymousUsageEnabled: z.boolean(),
  isBasicAuthInitialized: z.boolean(),
  isCustomDashboardsEnabled: z.boolean(),
});

const configs = createRoute({
  method: 'get',
  path: '/configs',
  middleware: [signedIn()] as const,
  responses: { 200: json('What this server is and can do', Configs) },
});

const LoginConfigs = z.object({
  isBasicAuthInitialized: z.boolean(),
  isSignUpOpen: z.boolean(),
  auths: z.array(z.string()),
});

const loginConfigs = createRoute({
  method: 'get',
  path: '/configs/login',
  middleware: [open()] as const,
  responses: { 200: json('What a sign-in page needs to know', LoginConfigs) },
});

const auths = createRoute({
  method: 'get',
  path: '/auths',
  middleware: [open()] as const,
  responses: { 200: json('Ways to sign in', z.array(z.string())) },
});

const setup = createRoute({
  method: 'get',
  path: '/setup',
  middleware: [signedIn()] as const,
  responses: { 200: json('Whether the server has been set up; it always has', z.object({ initialized: z.boolean() })) },
});

const AUTHS = ['PASSWORD'];

export const configRoutes = routes<GlobalEnv>()
  .openapi(configs, (c) =>
    c.json(
      {
        uuid: 'rondo',
        version: API_LINE,
        edition: 'RONDO',
        url: originOf(c),
        environment: { name: 'rondo' },
        preview: { initial: 100, max: 5000 },
        systemNamespace: 'system',
        hiddenLabelsPrefixes: ['system.'],
        chartDefaultDuration: 'PT24H',
        isAiEnabled: false,
        isAnonymousUsageEnabled: false,
        isUiAnonymousUsageEnabled: false,
        isBasicAuthInitialized: true,
        isCustomDashboardsEnabled: true,
      },
      200,
    ),
  )
  .openapi(loginConfigs, async (c) => {
    const isBasicAuthInitialized = await people.hasAny(directoryOf(c.env));
    return c.json({ isBasicAuthInitialized, isSignUpOpen: true, auths: AUTHS }, 200);
  })
  .openapi(auths, (c) => c.json(AUTHS, 200))
  .openapi(setup, (c) => c.json({ initialized: true }, 200));
