/** Every route declares who may call it, with exactly one of these; a test refuses an app with a route that does not, and
 *  `authenticate` lets nobody through to a route that is not declared open. */
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { AppError } from '../errors.ts';
import { allows } from '../protocol/roles.ts';
import type { Action, Resource } from '../protocol/roles.ts';
import type { AppEnv, GlobalEnv } from './context.ts';

export type Permission = { kind: 'open' } | { kind: 'signed-in' } | { kind: 'can'; resource: Resource; action: Action };

const declared = new WeakMap<object, Permission>();

/** Members of the tenant whose role allows this. */
export function can(resource: Resource, action: Action): MiddlewareHandler<AppEnv> {
  return declare({ kind: 'can', resource, action }, async (c, next) => {
    if (!allows(c.var.role, resource, action)) {
      throw new AppError(
        'forbidden',
        `Your role in this tenant (${c.var.role}) does not allow ${action} on ${resource}.`,
      );
    }
    await next();
  });
}

/** Anybody who has an account: what concerns the person, or everybody alike. */
export function signedIn(): MiddlewareHandler<GlobalEnv> {
  return declare({ kind: 'signed-in' }, (_c, next) => next());
}

/** Everybody, without credentials. */
export function open<E extends GlobalEnv = GlobalEnv>(): MiddlewareHandler<E> {
  return declare<E>({ kind: 'open' }, (_c, next) => next());
}

/** What a route's handler declares, if it is one of the above. */
export function permissionOf(handler: object): Permission | undefined {
  return declared.get(handler);
}

/** The route that answers a request: its pattern, and everything it declares. Of several that match, the first one answers. */
export function answering(c: Context): { path: string; permissions: Permission[] } | undefined {
  const declaring = matchedRoutes(c).filter(({ handler }) => declared.has(handler));
  const [first] = declaring;
  if (first === undefined) return undefined;
  const permissions = declaring
    .filter(({ path, method }) => path === first.path && method === first.method)
    .flatMap(({ handler }) => declared.get(handler) ?? []);
  return { path: first.path, permissions };
}

/** Whether the route that will answer this request is open: found by the route itself, never by a part of its path. */
export function isOpen(c: Context): boolean {
  return answering(c)?.permissions[0]?.kind === 'open';
}

function declare<E extends GlobalEnv>(permission: Permission, handler: MiddlewareHandler<E>): MiddlewareHandler<E> {
  declared.set(handler, permission);
  return handler;
}
