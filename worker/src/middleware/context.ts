/** What every handler finds in its context. Clock, ids and randomness come from here, so that a test can set them. */
import type { MiddlewareHandler } from 'hono';
import { configOf } from '../env.ts';
import type { Config, Env } from '../env.ts';
import { base62 } from '../ids.ts';
import type { Role } from '../protocol/roles.ts';
import type { Tenant } from '../tenant.ts';
import type { Principal } from './authenticate.ts';
import { CurrentFlows } from './current-flows.ts';
import type { Trust } from './trust.ts';

interface GlobalVariables {
  requestId: string;
  config: Config;
  /** Epoch milliseconds at which the request came in. */
  now: number;
  random(bytes: number): Uint8Array;
  /** A new random id of 22 base-62 characters. */
  newId(): string;
  trust: Trust;
  currentFlows: CurrentFlows;
  /** How errors and logs call the place, where the path itself holds a secret. */
  place?: string;
  /** Who asks. Absent on open routes only. */
  principal: Principal;
}

/** Routes outside of any tenant. */
export interface GlobalEnv {
  Bindings: Env;
  Variables: GlobalVariables;
}

/** Routes of a tenant: everything below `/api/v1/{tenant}`. */
export interface AppEnv {
  Bindings: Env;
  Variables: GlobalVariables & { tenant: Tenant; role: Role };
}

/** Where time and randomness come from. */
export interface Seams {
  now(): number;
  random(bytes: number): Uint8Array;
}

export const systemSeams: Seams = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
};

export function context(seams: Seams, trust: Trust): MiddlewareHandler<GlobalEnv> {
  const currentFlows = new CurrentFlows();
  return async function context(c, next) {
    const newId = () => base62(seams.random(ID_CHARS), ID_CHARS);
    c.set('config', configOf(c.env));
    c.set('trust', trust);
    c.set('currentFlows', currentFlows);
    c.set('now', seams.now());
    c.set('random', seams.random);
    c.set('newId', newId);
    c.set('requestId', newId());
    await next();
    c.header('X-Request-Id', c.var.requestId);
  };
}

const ID_CHARS = 22;
