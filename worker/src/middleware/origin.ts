import type { Context } from 'hono';
import type { GlobalEnv } from './context.ts';

/** Where people reach this server: `https://rondo.example`. */
export function originOf<E extends GlobalEnv>(c: Context<E>): string {
  return c.var.config.url ?? new URL(c.req.url).origin;
}
