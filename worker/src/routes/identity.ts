/** Signing up, in and out, and who is signed in. Mounted under /api/v1. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { directoryOf } from '../db/directory.ts';
import * as members from '../db/members.ts';
import * as tenants from '../db/tenants.ts';
import type { UserId } from '../ids.ts';
import { identityOf } from '../identity/lazy.ts';
import { signInError } from '../identity/sign-in-error.ts';
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, TENANTS_PER_PERSON_MAX } from '../limits.ts';
import type { GlobalEnv } from '../middleware/context.ts';
import { originOf } from '../middleware/origin.ts';
import { open, signedIn } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { TenantId, tenantIdFrom } from '../protocol/names.ts';
import type { TenantRecord } from '../tenant.ts';
import { json, jsonBody, NO_CONTENT } from './respond.ts';
import { createTenant, TenantView } from './tenants.ts';

const SignUp = z.object({
  email: z.email(),
  password: z.string().min(PASSWORD_CHARS_MIN).max(PASSWORD_CHARS_MAX),
  name: z.string().trim().min(1).max(100).optional(),
  tenant: TenantId.optional(),
});
const UserView = z.object({ id: z.string(), email: z.string(), name: z.string() });

const signUp = createRoute({
  method: 'post',
  path: '/signup',
  middleware: [open()] as const,
  request: jsonBody(SignUp),
  responses: {
    200: json(
      'The person and their first tenant; a session cookie is set',
      z.object({ user: UserView, tenant: TenantView }),
    ),
  },
});

const login = createRoute({
  method: 'post',
  path: '/login',
  middleware: [open()] as const,
  request: jsonBody(z.object({ username: z.string().min(1), password: z.string().min(1) })),
  responses: { 200: json('Signed in; a session cookie is set', z.object({ user: UserView })) },
});

const logout = createRoute({
  method: 'post',
  path: '/logout',
  middleware: [signedIn()] as const,
  responses: NO_CONTENT,
});

const Me = z.object({
  id: z.string(),
  superAdmin: z.boolean(),
  restricted: z.boolean(),
  profile: z.object({ email: z.string(), username: z.string(), firstName: z.string(), lastName: z.string() }),
  auths: z.array(z.string()),
  tenants: z.array(TenantView.extend({ role: z.string() })),
});

const me = createRoute({
  method: 'get',
  path: '/me',
  middleware: [signedIn()] as const,
  responses: { 200: json('Who asks, and the tenants they belong to', Me) },
});

export const identityRoutes = routes<GlobalEnv>()
  .openapi(signUp, async (c) => {
    const { email, password, name, tenant: wanted } = c.req.valid('json');
    const { now } = c.var;
    const displayName = name ?? email.replace(/@.*/, '');
    // The tenant comes first, so that nobody is left with an account and a tenant id that somebody else took meanwhile.
    const tenant = await reserveTenant(c, wanted, displayName);
    try {
      const identity = await identityOf(c.env, originOf(c));
      const { headers, response } = await identity.api
        .signUpEmail({ body: { email, password, name: displayName }, headers: c.req.raw.headers, returnHeaders: true })
        .catch(signInError);
      const { id, ...user } = response.user;
      await members.add(directoryOf(c.env), {
        userId: id as UserId,
        tenantKey: tenant.key,
        role: 'owner',
        createdAt: now,
      });
      forwardCookies(c, headers);
      return c.json(
        { user: { id, email: user.email, name: user.name }, tenant: { id: tenant.id, name: tenant.name } },
        200,
      );
    } catch (error) {
      await tenants.remove(directoryOf(c.env), tenant.key);
      throw error;
    }
  })
  .openapi(login, async (c) => {
    const { username, password } = c.req.valid('json');
    const identity = await identityOf(c.env, originOf(c));
    const { headers, response } = await identity.api
      .signInEmail({ body: { email: username, password }, headers: c.req.raw.headers, returnHeaders: true })
      .catch(signInError);
    forwardCookies(c, headers);
    const { id, email, name } = response.user;
    return c.json({ user: { id, email, name } }, 200);
  })
  .openapi(logout, async (c) => {
    if (c.var.principal.via === 'session') {
      const identity = await identityOf(c.env, originOf(c));
      const { headers } = await identity.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
      forwardCookies(c, headers);
      c.var.trust.forget();
    }
    return c.body(null, 204);
  })
  .openapi(me, async (c) => {
    const { userId, email, name } = c.var.principal;
    const memberships = await members.listOf(directoryOf(c.env), userId, TENANTS_PER_PERSON_MAX);
    const [firstName = '', ...rest] = name.split(' ');
    const view: z.infer<typeof Me> = {
      id: userId,
      superAdmin: false,
      restricted: false,
      profile: { email, username: email, firstName, lastName: rest.join(' ') },
      auths: ['PASSWORD'],
      tenants: memberships.map(({ tenant, role }) => ({ id: tenant.id, name: tenant.name, role })),
    };
    return c.json(view, 200);
  });

async function reserveTenant(c: Context<GlobalEnv>, wanted: string | undefined, name: string): Promise<TenantRecord> {
  if (wanted !== undefined) return createTenant(c, { id: wanted, name: wanted });
  const base = tenantIdFrom(name) ?? 'team';
  const isFree = (await tenants.find(directoryOf(c.env), base)) === undefined;
  // A name that is taken gets random letters, which nobody has to think up.
  const id = isFree ? base : `${base}-${c.var.newId().slice(0, 6).toLowerCase()}`;
  return createTenant(c, { id, name });
}

function forwardCookies(c: Context<GlobalEnv>, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
}
