/** Tenants, before anybody has entered them. */
import { eq, getTableColumns } from 'drizzle-orm';
import type { TenantRecord } from '../tenant.ts';
import type { Directory } from './directory.ts';
import { tenant } from './schema/directory/tenant.ts';

const { createdAt: _createdAt, ...columns } = getTableColumns(tenant);

export async function find(directory: Directory, id: string): Promise<TenantRecord | undefined> {
  const [row] = await directory.select(columns).from(tenant).where(eq(tenant.id, id));
  return row;
}

/** By key: for background work, which knows nothing else. */
export async function findByKey(directory: Directory, key: number): Promise<TenantRecord | undefined> {
  const [row] = await directory.select(columns).from(tenant).where(eq(tenant.key, key));
  return row;
}

/** Undefined when the id is taken. */
export async function create(
  directory: Directory,
  row: { id: string; name: string; dataShard: number; executionShards: number; createdAt: number },
): Promise<TenantRecord | undefined> {
  const [created] = await directory.insert(tenant).values(row).onConflictDoNothing().returning(columns);
  return created;
}

/** Nobody can enter any more; memberships go with it. */
export async function remove(directory: Directory, key: number): Promise<void> {
  await directory.delete(tenant).where(eq(tenant.key, key));
}
