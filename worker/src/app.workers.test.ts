import { describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { permissionOf } from './middleware/permission.ts';

const app = createApp();

/** `GET /api/v1/me` -> what its handlers declare. Middleware is registered for all methods and is no route. */
const routes = Map.groupBy(
  app.routes.filter(({ method }) => method !== 'ALL'),
  ({ method, path }) => `${method} ${path}`,
);
const permissions = [...routes].map(([route, handlers]) => ({
  route,
  declared: handlers.flatMap(({ handler }) => permissionOf(handler) ?? []),
}));

describe('every route', () => {
  test('declares who may call it', () => {
    expect(permissions.filter(({ declared }) => declared.length === 0).map(({ route }) => route)).toEqual([]);
  });

  test('is either open or guarded, not both', () => {
    const kinds = permissions.map(({ route, declared }) => ({
      route,
      kinds: [...new Set(declared.map(({ kind }) => kind))],
    }));
    expect(kinds.filter((one) => one.kinds.length > 1)).toEqual([]);
  });

  test('that needs no credentials is one of these', () => {
    const open = permissions
      .filter(({ declared }) => declared.some(({ kind }) => kind === 'open'))
      .map(({ route }) => route);
    expect(open.filter((route) => !EXPECTED_OPEN.includes(route))).toEqual([]);
  });

  test('of a tenant asks for a role in it', () => {
    const ofTenants = permissions.filter(({ route }) => route.includes('/:tenant/'));
    expect(ofTenants.filter(({ declared }) => declared.some(({ kind }) => kind === 'signed-in'))).toEqual([]);
  });
});

/** The key in its path is a webhook's credential. */
const WEBHOOK = '/api/v1/:tenant/executions/webhook/:namespace/:flowId/:key';

/** Open by exact path; routes of runners ask for credentials of their own. */
const EXPECTED_OPEN = [
  ...['GET', 'POST', 'PUT'].flatMap((method) => [`${method} ${WEBHOOK}`, `${method} ${WEBHOOK}/:path{.+}`]),
  'GET /api/v1/auths',
  'GET /api/v1/configs/login',
  'GET /api/v1/schemas/flow.json',
  'GET /api/v1/openapi.json',
  'GET /api/v1/docs',
  'POST /api/v1/login',
  'POST /api/v1/signup',
  'GET /api/v1/auth/get-session',
  'POST /api/v1/auth/sign-in/email',
  ...['GET', 'POST', 'PUT'].flatMap((method) => [
    `${method} /api/v1/:tenant/executions/webhook/:namespace/:flowId/:key`,
    `${method} /api/v1/:tenant/executions/webhook/:namespace/:flowId/:key/:path{.+}`,
  ]),
  'POST /api/v1/:tenant/runners/register',
  'POST /api/v1/:tenant/runners/:runner/challenge',
  'POST /api/v1/:tenant/runners/:runner/session',
  'DELETE /api/v1/:tenant/runners/:runner/session',
  'POST /api/v1/:tenant/runners/:runner/poll',
  'GET /api/v1/:tenant/runners/:runner/channel',
  'POST /api/v1/:tenant/runs/:job/claim',
  'POST /api/v1/:tenant/runs/:job/heartbeat',
  'POST /api/v1/:tenant/runs/:job/logs',
  'PUT /api/v1/:tenant/runs/:job/files/:name{.+}',
  'GET /api/v1/:tenant/runs/:job/files',
  'GET /api/v1/:tenant/runs/:job/cache',
  'PUT /api/v1/:tenant/runs/:job/cache',
  'GET /api/v1/:tenant/runs/:job/namespace-files',
  'POST /api/v1/:tenant/runs/:job/complete',
];
