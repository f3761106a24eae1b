/** Dashboards, apps and tests of flows: sources by kind, namespace and id. */
import { and, asc, count, eq, or } from 'drizzle-orm';
import type { Page } from '../protocol/paging.ts';
import type { Tenant } from '../tenant.ts';
import { containsText, inNamespace } from './filter-sql.ts';
import type { SOURCE_KINDS } from './schema/data/stored-source.ts';
import { storedSource } from './schema/data/stored-source.ts';

export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface SourceRef {
  kind: SourceKind;
  namespace: string;
  id: string;
}

export type StoredSource = Omit<typeof storedSource.$inferSelect, 'tenant'>;
type SourceText = Pick<StoredSource, 'title' | 'description' | 'source' | 'updatedAt'>;

export async function find({ db, key }: Tenant, ref: SourceRef): Promise<StoredSource | undefined> {
  const [row] = await db.select().from(storedSource).where(isRef(key, ref));
  return row;
}

/** False when it is there already. */
export async function create({ db, key: tenant }: Tenant, row: StoredSource): Promise<boolean> {
  const created = await db
    .insert(storedSource)
    .values({ tenant, ...row })
    .onConflictDoNothing()
    .returning({ id: storedSource.id });
  return created.length > 0;
}

/** Undefined when it is not there. */
export async function update({ db, key }: Tenant, ref: SourceRef, text: SourceText): Promise<StoredSource | undefined> {
  const [row] = await db.update(storedSource).set(text).where(isRef(key, ref)).returning();
  return row;
}

/** False when it is not there. */
export async function remove({ db, key }: Tenant, ref: SourceRef): Promise<boolean> {
  const removed = await db.delete(storedSource).where(isRef(key, ref)).returning({ id: storedSource.id });
  return removed.length > 0;
}

export async function search(
  { db, key }: Tenant,
  { kind, text = '', namespace }: { kind: SourceKind; text?: string; namespace?: string },
  { offset, size }: Pick<Page, 'offset' | 'size'>,
): Promise<{ rows: StoredSource[]; counted: number }> {
  const where = and(
    eq(storedSource.tenant, key),
    eq(storedSource.kind, kind),
    namespace === undefined ? undefined : inNamespace(storedSource.namespace, namespace),
    text === '' ? undefined : or(containsText(storedSource.title, text), containsText(storedSource.id, text)),
  );
  const [rows, [total]] = await db.batch([
    db
      .select()
      .from(storedSource)
      .where(where)
      .orderBy(asc(storedSource.namespace), asc(storedSource.id))
      .limit(size)
      .offset(offset),
    db.select({ counted: count() }).from(storedSource).where(where),
  ]);
  return { rows, counted: total?.counted ?? 0 };
}

function isRef(tenant: number, { kind, namespace, id }: SourceRef) {
  return and(
    eq(storedSource.tenant, tenant),
    eq(storedSource.kind, kind),
    eq(storedSource.namespace, namespace),
    eq(storedSource.id, id),
  );
}
