/** The runner groups of a tenant. */
import { and, asc, count, eq } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import { RUNNER_GROUPS_PER_TENANT_MAX } from '../limits.ts';
import type { Tenant } from '../tenant.ts';
import { runnerGroup } from './schema/data/runner-group.ts';

/** Exists by itself, takes every job whose task names no group, and cannot be removed. */
export const DEFAULT_GROUP = 'default';

export interface RunnerGroup {
  id: string;
  description?: string;
}

const columns = { id: runnerGroup.id, description: runnerGroup.description };

export async function list({ db, key }: Tenant): Promise<RunnerGroup[]> {
  const rows = await db
    .select(columns)
    .from(runnerGroup)
    .where(eq(runnerGroup.tenant, key))
    .orderBy(asc(runnerGroup.id));
  const groups = rows.map(toGroup);
  return groups.some(({ id }) => id === DEFAULT_GROUP) ? groups : [{ id: DEFAULT_GROUP }, ...groups];
}

/** Throws `not_found`. */
export async function get({ db, key }: Tenant, id: string): Promise<RunnerGroup> {
  const [row] = await db
    .select(columns)
    .from(runnerGroup)
    .where(and(eq(runnerGroup.tenant, key), eq(runnerGroup.id, id)));
  if (row !== undefined) return toGroup(row);
  if (id === DEFAULT_GROUP) return { id };
  throw new AppError('not_found', `Runner group ${id} not found`);
}

export async function create({ db, key }: Tenant, group: RunnerGroup, at: number): Promise<void> {
  const [{ groups } = { groups: 0 }] = await db
    .select({ groups: count() })
    .from(runnerGroup)
    .where(eq(runnerGroup.tenant, key));
  if (groups >= RUNNER_GROUPS_PER_TENANT_MAX) {
    throw new AppError('limit_reached', `A tenant has at most ${RUNNER_GROUPS_PER_TENANT_MAX} runner groups.`);
  }
  const made = await db
    .insert(runnerGroup)
    .values({ tenant: key, id: group.id, description: group.description, createdAt: at, updatedAt: at })
    .onConflictDoNothing()
    .returning({ id: runnerGroup.id });
  if (made.length === 0) throw new AppError('already_exists', `Runner group ${group.id} exists already`);
}

export async function put({ db, key }: Tenant, group: RunnerGroup, at: number): Promise<void> {
  const description = group.description ?? null;
  await db
    .insert(runnerGroup)
    .values({ tenant: key, id: group.id, description, createdAt: at, updatedAt: at })
    .onConflictDoUpdate({ target: [runnerGroup.tenant, runnerGroup.id], set: { description, updatedAt: at } });
}

export async function remove({ db, key }: Tenant, id: string): Promise<void> {
  await db.delete(runnerGroup).where(and(eq(runnerGroup.tenant, key), eq(runnerGroup.id, id)));
}

function toGroup({ id, description }: { id: string; description: string | null }): RunnerGroup {
  return { id, ...(description !== null && { description }) };
}
