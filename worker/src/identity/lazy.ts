/** Loads better-auth at its first use: it is the largest part of the bundle, and most calls come with a token. */
import type { Env } from '../env.ts';
import type { Identity } from './identity.ts';

const identities = new WeakMap<Env, Map<string, Promise<Identity>>>();

/** One for each origin that this deployment answers at, of which there are few: a route of Cloudflare names each. */
export function identityOf(env: Env, origin: string): Promise<Identity> {
  const byOrigin = identities.get(env) ?? new Map<string, Promise<Identity>>();
  identities.set(env, byOrigin);
  let identity = byOrigin.get(origin);
  if (identity === undefined) {
    identity = import('./identity.ts').then(({ createIdentity }) => createIdentity(env, origin));
    byOrigin.set(origin, identity);
  }
  return identity;
}
