/** Turns the tenant of the path into a `Tenant`, after the one check of membership there is. Everything after it takes the
 *  tenant from the context, never from the path, a body or a parameter. */
import { createMiddleware } from 'hono/factory';
import type { Context } from 'hono';
import { directoryOf } from '../db/directory.ts';
import * as members from '../db/members.ts';
import type { Membership } from '../db/members.ts';
import * as tenants from '../db/tenants.ts';
import { AppError } from '../errors.ts';
import { Tenant } from '../tenant.ts';
import type { AppEnv } from './context.ts';
import { isOpen } from './permission.ts';

/** Below `/api/v1/:tenant`. */
export const tenant = createMiddleware<AppEnv>(async function tenant(c, next) {
  const id = c.req.param('tenant') ?? '';
  if (isOpen(c)) {
    const record = await tenants.find(directoryOf(c.env), id);
    if (record === undefined) throw new AppError('not_found', 'Not found.');
    c.set('tenant', new Tenant(c.env, record));
  } else {
    enter(c, id === 'main' ? await mainMembership(c) : await membershipIn(c, id));
  }
  await next();
});

/** For the paths of old clients, which name no tenant. */
export const onlyTenant = createMiddleware<AppEnv>(async function onlyTenant(c, next) {
  enter(c, await onlyMembership(c));
  await next();
});

function enter(c: Context<AppEnv>, { tenant: record, role }: Membership): void {
  c.set('tenant', new Tenant(c.env, record));
  c.set('role', role);
}

/** A tenant that does not exist and one of somebody else are the same to the caller. */
async function membershipIn(c: Context<AppEnv>, id: string): Promise<Membership> {
  const membership = await findMembership(c, id);
  if (membership === undefined) throw new AppError('not_found', `Tenant ${id} not found`);
  return membership;
}

/** `main` is the tenant of that name to its members, and to everybody else the only one they have. */
async function mainMembership(c: Context<AppEnv>): Promise<Membership> {
  return (await findMembership(c, 'main')) ?? onlyMembership(c);
}

async function findMembership(c: Context<AppEnv>, id: string): Promise<Membership | undefined> {
  const { principal, trust, now } = c.var;
  const key = `${principal.userId}/${id}`;
  const known = trust.memberships.get(key, now);
  if (known !== undefined) return known;
  const membership = await members.find(directoryOf(c.env), principal.userId, id);
  if (membership !== undefined) trust.memberships.set(key, membership, now);
  return membership;
}

async function onlyMembership(c: Context<AppEnv>): Promise<Membership> {
  const { principal, trust, now } = c.var;
  const key = `${principal.userId}/`;
  const known = trust.memberships.get(key, now);
  if (known !== undefined) return known;
  const [only, ...others] = await members.listOf(directoryOf(c.env), principal.userId, 2);
  if (only === undefined || others.length > 0) {
    const why =
      only === undefined
        ? 'this account has none'
        : 'this account has several; put the tenant into the path (/api/v1/{tenant}/…)';
    throw new AppError('not_found', `No tenant is named and there is no single one to mean: ${why}.`);
  }
  trust.memberships.set(key, only, now);
  return only;
}
