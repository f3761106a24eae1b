/** Writes every error body there is: problem+json (RFC 9457) with the members that older clients look for. */
import type { Context, ErrorHandler, Hono, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ZodError } from 'zod';
import { AppError, ERROR_CODES } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { GlobalEnv } from './context.ts';
import { permissionOf } from './permission.ts';
import { errorLine, issueDetails } from './validation.ts';

export const onError: ErrorHandler<GlobalEnv> = (error, c) => {
  const known = asAppError(error);
  // A bug, or a service of the platform that failed: the client learns nothing about it but the id to ask for.
  if (known === undefined) console.error(`request ${c.var.requestId} ${c.req.method} ${placeOf(c)}`, error);
  return problem(
    c,
    known ?? new AppError('internal_error', 'An unexpected error happened; name the requestId when you report it.'),
  );
};

/** Tells a path that is not there from a method that the path does not have. */
export function unanswered({ router }: Pick<Hono<GlobalEnv>, 'router'>): NotFoundHandler<GlobalEnv> {
  return (c) => {
    const { method, path } = c.req;
    const allowed = METHODS.filter((other) =>
      router.match(other, path)[0].some(([[handler]]) => permissionOf(handler) !== undefined),
    );
    if (allowed.length === 0) return problem(c, missing(method, path));
    const headers = { Allow: allowed.join(', ') };
    return problem(c, new AppError('method_not_allowed', `${path} has ${headers.Allow}, not ${method}.`, { headers }));
  };
}

/** What Kestra has in a tenant and this server does not: a client learns that it is not its own mistake. */
const NOT_SERVED = new Set(
  `ai assets bindings blueprints credentials groups invitations kill-switches mcp-servers policies roles scim
  security-integrations service-accounts tenant-access worker-queues`.split(/\s+/),
);

function missing(method: string, path: string): AppError {
  const [, resource = ''] = /^\/api\/v1\/[^/]+\/([^/]+)/.exec(path) ?? [];
  return NOT_SERVED.has(resource)
    ? new AppError('not_implemented', `This server has no ${resource} yet.`)
    : new AppError('not_found', `No such route: ${method} ${path}`);
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'LOCK', 'UNLOCK'];

/** Errors of the router's own middleware, by their status. */
const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
  400: 'bad_request',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
};

function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError)
    return new AppError('invalid_body', 'The request is not valid.', { errors: issueDetails(error) });
  if (error instanceof HTTPException) {
    const code = CODE_OF_STATUS[error.status];
    return code === undefined
      ? undefined
      : new AppError(code, error.message || ERROR_CODES[code].title, { cause: error });
  }
  return undefined;
}

function problem(c: Context<GlobalEnv>, error: AppError): Response {
  const { status, title } = ERROR_CODES[error.code];
  const body = {
    type: `${new URL(c.req.url).origin}/problems/${error.code.replaceAll('_', '-')}`,
    title,
    status,
    detail: error.message,
    instance: placeOf(c),
    code: error.code,
    requestId: c.var.requestId,
    message: `${title}: ${error.message}`,
    errors: error.errors,
    invalids: error.invalids,
    _embedded: error.errors && { errors: error.errors.map((detail) => ({ message: errorLine(detail) })) },
  };
  const headers = new Headers({
    ...error.headers,
    'Content-Type': 'application/problem+json',
    'X-Request-Id': c.var.requestId,
  });
  if (error.code === 'unauthenticated' && !asksFromBrowser(c)) headers.set('WWW-Authenticate', 'Basic');
  return new Response(JSON.stringify(body), { status, headers });
}

function placeOf(c: Context<GlobalEnv>): string {
  return c.var.place ?? c.req.path;
}

/** A browser that is told to authenticate with Basic opens its own dialogue over the dashboard. */
function asksFromBrowser(c: Context<GlobalEnv>): boolean {
  const mode = c.req.header('sec-fetch-mode');
  return (mode !== undefined && mode !== 'navigate') || (c.req.header('referer') ?? '').endsWith('/login');
}
