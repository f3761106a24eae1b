/** Which Terraform states a tenant has. */
import { and, asc, count, eq } from 'drizzle-orm';
import type { Page } from '../protocol/paging.ts';
import type { Tenant } from '../tenant.ts';
import { terraformState } from './schema/data/terraform-state.ts';

/** Makes it known; nothing happens when it is. */
export async function add({ db, key: tenant }: Tenant, name: string, now: number): Promise<void> {
  await db.insert(terraformState).values({ tenant, name, createdAt: now }).onConflictDoNothing();
}

export async function remove({ db, key }: Tenant, name: string): Promise<void> {
  await db.delete(terraformState).where(and(eq(terraformState.tenant, key), eq(terraformState.name, name)));
}

export async function names(
  { db, key }: Tenant,
  { offset, size }: Pick<Page, 'offset' | 'size'>,
): Promise<{ names: string[]; counted: number }> {
  const own = eq(terraformState.tenant, key);
  const [rows, [total]] = await db.batch([
    db
      .select({ name: terraformState.name })
      .from(terraformState)
      .where(own)
      .orderBy(asc(terraformState.name))
      .limit(size)
      .offset(offset),
    db.select({ counted: count() }).from(terraformState).where(own),
  ]);
  return { names: rows.map(({ name }) => name), counted: total?.counted ?? 0 };
}
