/** The key-value store: rows by namespace and key. An expired row is there until it is purged, and reads as expired. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { KV_KEY } from '../protocol/kv-value.ts';
import type { KvType, KvValue } from '../protocol/kv-value.ts';
import { KV_KEY_CHARS_MAX, KV_VALUE_BYTES_MAX } from '../limits.ts';
import { AppError } from '../errors.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Filter } from '../protocol/filters.ts';
import type { Json } from '../protocol/json.ts';
import type { Page } from '../protocol/paging.ts';
import type { Tenant } from '../tenant.ts';
import { countedRows, filterSql, namespaceField, orderBy, searchField, startsWith, textField } from './filter-sql.ts';
import type { SqlFields } from './filter-sql.ts';
import { keyValue } from './schema/data/key-value.ts';

export interface KvRow {
  namespace: string;
  key: string;
  type: KvType;
  value: Json;
  description?: string;
  revision: number;
  createdAt: number;
  updatedAt: number;
  expiresAt?: number;
}

export async function find({ db, key: tenant }: Tenant, namespace: string, key: string): Promise<KvRow | undefined> {
  const [row] = await db
    .select()
    .from(keyValue)
    .where(and(eq(keyValue.tenant, tenant), eq(keyValue.namespace, namespace), eq(keyValue.key, key)));
  return row && toRow(row);
}

/** The first of the namespaces that has the key. */
export async function findNearest(tenant: Tenant, namespaces: string[], key: string): Promise<KvRow | undefined> {
  const rows = await tenant.db
    .select()
    .from(keyValue)
    .where(and(eq(keyValue.tenant, tenant.key), inArray(keyValue.namespace, namespaces), eq(keyValue.key, key)));
  const nearest = namespaces.map((namespace) => rows.find((row) => row.namespace === namespace)).find((row) => row);
  return nearest && toRow(nearest);
}

export async function list({ db, key: tenant }: Tenant, namespaces: string[], prefix = ''): Promise<KvRow[]> {
  const rows = await db
    .select()
    .from(keyValue)
    .where(
      and(
        eq(keyValue.tenant, tenant),
        inArray(keyValue.namespace, namespaces),
        prefix === '' ? undefined : startsWith(keyValue.key, prefix),
      ),
    )
    .orderBy(asc(keyValue.namespace), asc(keyValue.key));
  return rows.map(toRow);
}

/** The keys there are, each with a text that changes whenever it is written or made anew; expired ones are not there. */
export async function versions(
  { db, key: tenant }: Tenant,
  namespace: string,
  which: { key: string } | { prefix: string },
  { now, limit }: { now: number; limit: number },
): Promise<Map<string, string>> {
  const { key, revision, createdAt, expiresAt } = keyValue;
  const isWanted =
    'key' in which ? eq(key, which.key) : sql`substr(${key}, 1, ${which.prefix.length}) = ${which.prefix}`;
  const isThere = sql`(${expiresAt} IS NULL OR ${expiresAt} > ${now})`;
  const rows = await db
    .select({ key, revision, createdAt })
    .from(keyValue)
    .where(and(eq(keyValue.tenant, tenant), eq(keyValue.namespace, namespace), isWanted, isThere))
    .orderBy(asc(key))
    .limit(limit);
  return new Map(rows.map((row) => [row.key, `${row.createdAt}/${row.revision}`]));
}

/** What keys can be searched by. */
export const kvFields: SqlFields = {
  q: searchField(keyValue.namespace, keyValue.key),
  namespace: namespaceField(keyValue.namespace),
  key: textField(keyValue.key),
};

/** The keys of all namespaces that a filter lets through, expired ones included. */
export async function search(
  { db, key: tenant }: Tenant,
  filter: Filter,
  { offset, size, sort }: Page,
): Promise<{ rows: KvRow[]; counted: number }> {
  const { namespace, key, updatedAt, createdAt, expiresAt } = keyValue;
  const sortable = { namespace, key, updateDate: updatedAt, creationDate: createdAt, expirationDate: expiresAt };
  const where = and(eq(keyValue.tenant, tenant), filterSql(filter, kvFields));
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(keyValue)
      .where(where)
      .orderBy(...orderBy(sort, sortable, [namespace, key]))
      .limit(size)
      .offset(offset),
    countedRows(db, keyValue, where),
  ]);
  return { rows: rows.map(toRow), counted: counted[0]?.counted ?? 0 };
}

export interface KvWrite extends KvValue {
  namespace: string;
  key: string;
  description?: string;
  expiresAt?: number;
  at: number;
  /** False: a key that is there and not expired is left alone. */
  overwrite: boolean;
}

/** False when the key was there and may not be overwritten. */
export async function put({ db, key: tenant }: Tenant, write: KvWrite): Promise<boolean> {
  const { namespace, key, type, at } = write;
  if (!KV_KEY.test(key) || key.length > KV_KEY_CHARS_MAX) {
    throw new AppError(
      'invalid_parameter',
      `Invalid key '${key}': use up to ${KV_KEY_CHARS_MAX} letters, digits, '.', '_' and '-', a letter or digit first.`,
    );
  }
  const value = stringifyJson(write.value);
  if (new TextEncoder().encode(value).byteLength > KV_VALUE_BYTES_MAX) {
    throw new AppError(
      'too_large',
      `The value of '${key}' has more than ${KV_VALUE_BYTES_MAX} bytes: keep it in a file.`,
    );
  }
  const described = write.description ?? null;
  const changed = await db
    .insert(keyValue)
    .values({
      tenant,
      namespace,
      key,
      type,
      value,
      description: described,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      expiresAt: write.expiresAt ?? null,
    })
    .onConflictDoUpdate({
      target: [keyValue.tenant, keyValue.namespace, keyValue.key],
      set: {
        type,
        value,
        description: sql`coalesce(${described}, ${keyValue.description})`,
        revision: sql`${keyValue.revision} + 1`,
        updatedAt: at,
        expiresAt: write.expiresAt ?? null,
      },
      setWhere: write.overwrite ? undefined : sql`${keyValue.expiresAt} <= ${at}`,
    })
    .returning({ key: keyValue.key });
  return changed.length > 0;
}

/** The keys that were there. */
export async function remove({ db, key: tenant }: Tenant, namespace: string, keys: string[]): Promise<string[]> {
  const removed = await db
    .delete(keyValue)
    .where(and(eq(keyValue.tenant, tenant), eq(keyValue.namespace, namespace), inArray(keyValue.key, keys)))
    .returning({ key: keyValue.key });
  return removed.map(({ key }) => key);
}

export function isExpired({ expiresAt }: KvRow, at: number): boolean {
  return expiresAt !== undefined && expiresAt <= at;
}

function toRow({ type, value, description, expiresAt, tenant: _tenant, ...row }: typeof keyValue.$inferSelect): KvRow {
  return {
    ...row,
    type: type as KvType, // written by `put` alone
    value: parseJson(value),
    ...(description !== null && { description }),
    ...(expiresAt !== null && { expiresAt }),
  };
}
