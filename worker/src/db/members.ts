/** Who belongs to which tenant. */
import { and, asc, eq, getTableColumns } from 'drizzle-orm';
import type { UserId } from '../ids.ts';
import type { Role } from '../protocol/roles.ts';
import type { TenantRecord } from '../tenant.ts';
import type { Directory } from './directory.ts';
import { member } from './schema/directory/member.ts';
import { tenant } from './schema/directory/tenant.ts';

export interface Membership {
  tenant: TenantRecord;
  role: Role;
}

const { createdAt: _createdAt, ...tenantRecord } = getTableColumns(tenant);

export async function find(directory: Directory, userId: UserId, tenantId: string): Promise<Membership | undefined> {
  const [row] = await directory
    .select({ tenant: tenantRecord, role: member.role })
    .from(member)
    .innerJoin(tenant, eq(tenant.key, member.tenantKey))
    .where(and(eq(tenant.id, tenantId), eq(member.userId, userId)));
  return row;
}

/** The person's tenants, in the order of their ids. */
export function listOf(directory: Directory, userId: UserId, limit: number): Promise<Membership[]> {
  return directory
    .select({ tenant: tenantRecord, role: member.role })
    .from(member)
    .innerJoin(tenant, eq(tenant.key, member.tenantKey))
    .where(eq(member.userId, userId))
    .orderBy(asc(tenant.id))
    .limit(limit);
}

export async function add(
  directory: Directory,
  row: { userId: UserId; tenantKey: number; role: Role; createdAt: number },
) {
  await directory.insert(member).values(row);
}
