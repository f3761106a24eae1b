import { drizzle } from 'drizzle-orm/d1';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Env } from '../env.ts';

/** People, tenants and tokens: what is known before a tenant is. */
export type Directory = DrizzleD1Database;

export function directoryOf(env: Env): Directory {
  return drizzle(env.DIRECTORY);
}
