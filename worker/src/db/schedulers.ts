/** Which tenants have a scheduler that may be due. */
import { asc } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Tenant } from '../tenant.ts';
import { scheduler } from './schema/data/scheduler.ts';

export async function announce({ db, key }: Tenant): Promise<void> {
  await db.insert(scheduler).values({ tenant: key }).onConflictDoNothing();
}

export async function count(database: D1Database): Promise<number> {
  return drizzle(database).$count(scheduler);
}

/** Keys of tenants of one database. */
export async function list(database: D1Database, offset: number, limit: number): Promise<number[]> {
  const rows = await drizzle(database)
    .select()
    .from(scheduler)
    .orderBy(asc(scheduler.tenant))
    .limit(limit)
    .offset(offset);
  return rows.map((row) => row.tenant);
}
