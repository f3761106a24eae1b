/** The OpenAPI document, made from the app itself: its routes, the schemas and permissions they declare, and the words of
 *  `operations/`. Nothing is listed here by hand, so that the document cannot say what the app does not do. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { RouteConfig } from '@hono/zod-openapi';
import { ERROR_CODES } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { permissionOf } from '../middleware/permission.ts';
import type { Permission } from '../middleware/permission.ts';
import { Problem } from '../protocol/problem.ts';
import type { Answer, Content, Operation } from './operation.ts';
import { OPERATIONS } from './operations/index.ts';

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

export interface Route {
  method: string;
  /** `/api/v1/{tenant}/flows/search` */
  path: string;
  permissions: Permission[];
}

export function describeApi(app: OpenAPIHono<GlobalEnv>): OpenApiDocument {
  const schemas = schemasOf(app);
  const writer = new OpenAPIHono();
  writer.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  writer.openAPIRegistry.registerComponent('securitySchemes', 'password', { type: 'http', scheme: 'basic' });
  for (const route of routesOf(app)) {
    const operation = operationOf(route);
    // A route that nobody has described is shown by its path all the same; a test names it.
    writer.openAPIRegistry.registerPath(
      describe(route, operation ?? { id: nameOf(route), summary: route.path }, schemas.get(nameOf(route))),
    );
  }
  return writer.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Rondo',
      version: '1.3.0',
      description:
        'Workflow orchestration as code. Paths and bodies are those of Kestra 1.x; the paths of 2.0 (`…/actions/<verb>`) do the same. ' +
        'Send an API token as `Authorization: Bearer …`, or as the password of Basic with any user name. ' +
        'Every error is a `Problem` (RFC 9457); match on its `code`.',
    },
    servers: [{ url: '/' }],
  });
}

/** Every route that the app answers, once, by a method that OpenAPI has a word for (WebDAV's LOCK is none). Middleware is
 *  registered for all methods and is no route. */
export function routesOf(app: Pick<OpenAPIHono<GlobalEnv>, 'routes'>): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path: pattern, handler } of app.routes) {
    if (!METHODS.has(method)) continue;
    const path = templateOf(pattern);
    const key = `${method} ${path}`;
    const route = routes.get(key) ?? { method, path, permissions: [] };
    routes.set(key, { ...route, permissions: [...route.permissions, ...[permissionOf(handler)].filter(isDefined)] });
  }
  return [...routes.values()];
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** What `operations/` says about a route. Flows are also served without a tenant in the path, for old clients. */
export function operationOf(route: Route): Operation | undefined {
  const key = `${route.method} ${route.path.replace(/^\/api\/v1/, '')}`;
  const known = OPERATIONS[key];
  if (known !== undefined) return known;
  const inTenant = OPERATIONS[key.replace(' /', ' /{tenant}/')];
  return inTenant && { ...inTenant, id: `${inTenant.id}OfOnlyTenant` };
}

function schemasOf(app: OpenAPIHono<GlobalEnv>): Map<string, RouteConfig> {
  return new Map(
    app.openAPIRegistry.definitions.flatMap((definition) =>
      definition.type === 'route'
        ? [[`${definition.route.method.toUpperCase()} ${definition.route.path}`, definition.route]]
        : [],
    ),
  );
}

function describe(route: Route, operation: Operation, schemas: RouteConfig | undefined): RouteConfig {
  const { method, path, permissions } = route;
  const guard = permissions.find(({ kind }) => kind !== 'open');
  return {
    method: method.toLowerCase() as RouteConfig['method'],
    path,
    operationId: operation.id,
    summary: operation.summary,
    tags: [tagOf(path)],
    ...(operation.id.endsWith('OfOnlyTenant') && { deprecated: true }),
    security: guard === undefined ? [] : [{ token: [] }, { password: [] }],
    'x-permission': permissions.map(permissionText),
    request: { params: paramsOf(path, schemas), ...requestOf(operation), ...requestWithoutParams(schemas) },
    responses: { ...errorsOf(operation, guard, path), ...(schemas?.responses ?? responsesOf(operation)) },
  };
}

function permissionText(permission: Permission): string {
  return permission.kind === 'can' ? `${permission.resource}:${permission.action}` : permission.kind;
}

/** Parameters of mounted paths, like the tenant, stand in the path alone; the route's own schema knows more about its own. */
function paramsOf(path: string, schemas: RouteConfig | undefined) {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
  if (names.length === 0) return undefined;
  const own = schemas?.request?.params;
  const shape = own instanceof z.ZodObject ? own.shape : {};
  return z.object(Object.fromEntries(names.map((name) => [name, shape[name] ?? z.string()])));
}

function requestWithoutParams(schemas: RouteConfig | undefined): RouteConfig['request'] {
  const { params: _params, ...request } = schemas?.request ?? {};
  return request;
}

function requestOf({ query, body }: Operation): RouteConfig['request'] {
  return {
    ...(query && { query }),
    ...(body && { body: { required: body.isOptional !== true, content: contentOf(body) } }),
  };
}

function responsesOf({ answer = { status: 200, description: 'Done' } }: Operation): RouteConfig['responses'] {
  const { status, description, content }: Answer = answer;
  return { [status]: { description, ...(content && { content: contentOf(content) }) } };
}

function contentOf({ type, schema = z.string() }: Content) {
  return { [type]: { schema } };
}

/** The faults of one status are one answer: OpenAPI tells answers apart by nothing else. */
function errorsOf({ errors = [] }: Operation, guard: Permission | undefined, path: string): RouteConfig['responses'] {
  const codes: ErrorCode[] = [
    ...(guard === undefined ? [] : (['unauthenticated'] as const)),
    ...(guard?.kind === 'can' ? (['forbidden'] as const) : []),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    'invalid_body',
    'invalid_parameter',
    'too_large',
    'rate_limited',
    ...errors,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => ERROR_CODES[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      { description: same.map((code) => `\`${code}\``).join(', '), content: contentOf(PROBLEM) },
    ]),
  );
}

const PROBLEM: Content = { type: 'application/problem+json', schema: Problem };

/** `/:id{[A-Z][0-9A-Za-z]{21}}/kill` -> `/{id}/kill` */
function templateOf(pattern: string): string {
  const segments = pattern.split(/\/(?![^{]*\})/);
  return segments.map((segment) => segment.replace(/^:(\w+).*$/, '{$1}')).join('/');
}

/** The resource that a path is about. */
function tagOf(path: string): string {
  const [first = '', second = '', third] = path.replace(/^\/api\/v1\/(\{tenant\}\/)?/, '').split('/');
  if (first === 'namespaces' && second === '{namespace}' && third !== undefined) return TAGS[third] ?? 'Namespaces';
  return TAGS[first] ?? `${first.charAt(0).toUpperCase()}${first.slice(1).replaceAll('-', ' ')}`;
}

const TAGS: Partial<Record<string, string>> = {
  kv: 'KV',
  files: 'Files',
  secrets: 'Secrets',
  'inherited-secrets': 'Secrets',
  pebble: 'Expressions',
  runs: 'Runners',
  'openapi.json': 'Documents',
  docs: 'Documents',
  schemas: 'Documents',
  auditlogs: 'Audit log',
  signup: 'Identity',
  login: 'Identity',
  logout: 'Identity',
  me: 'Identity',
  auth: 'Identity',
  auths: 'Identity',
  configs: 'Configuration',
  setup: 'Configuration',
};

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
