/** Finds out who asks. Without a valid credential nobody passes, but to a route that is declared open. */
import { createMiddleware } from 'hono/factory';
import type { Context } from 'hono';
import * as apiTokens from '../db/api-tokens.ts';
import type { TokenOwner } from '../db/api-tokens.ts';
import { directoryOf } from '../db/directory.ts';
import * as people from '../db/people.ts';
import type { Person } from '../db/people.ts';
import { AppError } from '../errors.ts';
import { identityOf } from '../identity/lazy.ts';
import { NOBODYS_HASH, verifyPassword } from '../identity/password.ts';
import { hashOf, tokenKind } from '../identity/token.ts';
import { TOKEN_LAST_USED_MS_MIN } from '../limits.ts';
import type { GlobalEnv } from './context.ts';
import { readCredential } from './credential.ts';
import type { Credential } from './credential.ts';
import { originOf } from './origin.ts';
import { isOpen } from './permission.ts';
import { refuseForged } from './same-origin.ts';

export interface Principal extends Person {
  via: Credential['kind'];
  token?: TokenOwner['token'];
}

export const authenticate = createMiddleware<GlobalEnv>(async function authenticate(c, next) {
  if (isOpen(c)) return next();
  const credential = readCredential(c.req.raw.headers);
  if (credential === undefined) {
    throw new AppError('unauthenticated', 'Send an API token (Authorization: Bearer …) or sign in.');
  }
  const principal = await principalOf(c, credential);
  if (principal === undefined) throw new AppError('unauthenticated', REFUSALS[credential.kind]);
  if (principal.via === 'session') refuseForged(c);
  touch(c, principal);
  c.set('principal', principal);
  await next();
});

const REFUSALS: Record<Credential['kind'], string> = {
  token: 'This API token is unknown, revoked or expired.',
  password: 'The e-mail address or the password is wrong.',
  session: 'Your session has ended; sign in again.',
};

/** Read from memory when this Worker has seen the same credential a moment ago. */
async function principalOf(c: Context<GlobalEnv>, credential: Credential): Promise<Principal | undefined> {
  // A text that was never made here needs no look-up.
  if (credential.kind === 'token' && tokenKind(credential.token) !== 'pat') return undefined;
  const { trust, now } = c.var;
  const key = await hashOf(JSON.stringify(credential));
  const known = trust.principals.get(key, now);
  const principal = known ?? (await lookUp(c, credential));
  if (principal?.token && principal.token.expiresAt <= now) return undefined;
  if (principal !== undefined && known === undefined) trust.principals.set(key, principal, now);
  return principal;
}

async function lookUp(c: Context<GlobalEnv>, credential: Credential): Promise<Principal | undefined> {
  switch (credential.kind) {
    case 'token': {
      const owner = await apiTokens.findOwner(directoryOf(c.env), await hashOf(credential.token));
      return owner && { ...owner, via: 'token' };
    }
    case 'password':
      return withPassword(c, credential.email, credential.password);
    case 'session': {
      const identity = await identityOf(c.env, originOf(c));
      const found = await identity.api.getSession({ headers: c.req.raw.headers });
      if (found === null) return undefined;
      const { id: userId, email, name } = found.user;
      return { ...people.toPerson({ userId, email, name }), via: 'session' };
    }
  }
}

async function withPassword(c: Context<GlobalEnv>, email: string, password: string): Promise<Principal | undefined> {
  const person = await people.findByEmail(directoryOf(c.env), email);
  // An unknown address costs as much time as a wrong password: nobody learns who has an account.
  const isRight = await verifyPassword(person?.passwordHash ?? NOBODYS_HASH, password);
  return person?.passwordHash && isRight ? { ...person.who, via: 'password' } : undefined;
}

/** Notes the use of a token, now and then. */
function touch(c: Context<GlobalEnv>, { token }: Principal): void {
  const { now } = c.var;
  if (token === undefined || now - token.lastUsedAt < TOKEN_LAST_USED_MS_MIN) return;
  token.lastUsedAt = now;
  c.executionCtx.waitUntil(apiTokens.touch(directoryOf(c.env), token.id, now));
}
