/** The few routes of better-auth that are served as they are, each by its exact path. Mounted under /api/v1/auth. */
import { Hono } from 'hono';
import type { GlobalEnv } from '../middleware/context.ts';
import { identityOf } from '../identity/lazy.ts';
import { originOf } from '../middleware/origin.ts';
import { open, signedIn } from '../middleware/permission.ts';

const OPEN = [
  ['POST', '/sign-in/email'],
  ['GET', '/get-session'],
] as const;

const SIGNED_IN = [
  ['POST', '/sign-out'],
  ['POST', '/change-password'],
  ['POST', '/update-user'],
  ['GET', '/list-sessions'],
  ['POST', '/revoke-session'],
  ['POST', '/revoke-other-sessions'],
] as const;

export const authRoutes = new Hono<GlobalEnv>();

for (const [method, path] of OPEN)
  authRoutes.on(method, path, open(), async (c) => (await identityOf(c.env, originOf(c))).handler(c.req.raw));
for (const [method, path] of SIGNED_IN) {
  authRoutes.on(method, path, signedIn(), async (c) => {
    const answer = await (await identityOf(c.env, originOf(c))).handler(c.req.raw);
    if (method === 'POST') c.var.trust.forget();
    return answer;
  });
}
