/** Secrets of namespaces. A child namespace sees those of its parents; its own come first. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Config } from '../env.ts';
import { AppError } from '../errors.ts';
import { SECRET_KEY_CHARS_MAX, SECRET_VALUE_BYTES_MAX } from '../limits.ts';
import type { Filter } from '../protocol/filters.ts';
import type { Page } from '../protocol/paging.ts';
import type { Tenant } from '../tenant.ts';
import { digestOf, prefixOf, seal, unseal } from '../vault.ts';
import type { SealPlace } from '../vault.ts';
import { countedRows, filterSql, namespaceField, orderBy, searchField, textField } from './filter-sql.ts';
import type { SqlFields } from './filter-sql.ts';
import { secret } from './schema/data/secret.ts';

export interface SecretMetadata {
  namespace: string;
  key: string;
  description?: string;
  tags: { key: string; value: string }[];
  /** Grows with each new value. */
  version: number;
  /** Differs when the value does. */
  digest?: string;
  updatedAt: number;
}

export interface SecretWrite {
  namespace: string;
  key: string;
  value: string;
  description?: string;
  tags: { key: string; value: string }[];
  at: number;
}

const metadata = {
  namespace: secret.namespace,
  key: secret.key,
  description: secret.description,
  tags: secret.tags,
  version: secret.version,
  digest: secret.digest,
  updatedAt: secret.updatedAt,
};

export async function list({ db, key: tenant }: Tenant, namespaces: string[]): Promise<SecretMetadata[]> {
  const rows = await db
    .select(metadata)
    .from(secret)
    .where(and(eq(secret.tenant, tenant), inArray(secret.namespace, namespaces)))
    .orderBy(asc(secret.namespace), asc(secret.key));
  return rows.map(toMetadata);
}

/** What secrets can be searched by. */
export const secretFields: SqlFields = {
  q: searchField(secret.namespace, secret.key),
  namespace: namespaceField(secret.namespace),
  key: textField(secret.key),
};

/** The secrets of all namespaces that a filter lets through. */
export async function search(
  { db, key: tenant }: Tenant,
  filter: Filter,
  { offset, size, sort }: Page,
): Promise<{ rows: SecretMetadata[]; counted: number }> {
  const { namespace, key, updatedAt } = secret;
  const where = and(eq(secret.tenant, tenant), filterSql(filter, secretFields));
  const [rows, counted] = await db.batch([
    db
      .select(metadata)
      .from(secret)
      .where(where)
      .orderBy(...orderBy(sort, { namespace, key, updated: updatedAt }, [namespace, key]))
      .limit(size)
      .offset(offset),
    countedRows(db, secret, where),
  ]);
  return { rows: rows.map(toMetadata), counted: counted[0]?.counted ?? 0 };
}

/** The value under this name in the nearest of the namespaces. Names do not tell upper from lower case. */
export async function reveal(
  tenant: Tenant,
  secrets: Config['secrets'],
  namespaces: string[],
  key: string,
): Promise<string | undefined> {
  const rows = await tenant.db
    .select()
    .from(secret)
    .where(
      and(eq(secret.tenant, tenant.key), inArray(secret.namespace, namespaces), eq(secret.key, key.toUpperCase())),
    );
  const row = namespaces.map((namespace) => rows.find((found) => found.namespace === namespace)).find((found) => found);
  return (
    row &&
    unseal(secrets, { tenant: tenant.key, namespace: row.namespace, key: row.key, version: row.version }, row.sealed)
  );
}

export async function put(tenant: Tenant, secrets: Config['secrets'], write: SecretWrite): Promise<void> {
  const { namespace, at } = write;
  const key = write.key.toUpperCase();
  if (!/^[A-Z0-9_][A-Z0-9._-]*$/.test(key) || key.length > SECRET_KEY_CHARS_MAX) {
    throw new AppError(
      'invalid_body',
      `Invalid secret key '${write.key}': use up to ${SECRET_KEY_CHARS_MAX} letters, digits, '_', '-' and '.'.`,
    );
  }
  if (new TextEncoder().encode(write.value).byteLength > SECRET_VALUE_BYTES_MAX) {
    throw new AppError('too_large', `The secret '${write.key}' has more than ${SECRET_VALUE_BYTES_MAX} bytes.`);
  }
  const [known] = await tenant.db
    .select({ version: secret.version })
    .from(secret)
    .where(and(eq(secret.tenant, tenant.key), eq(secret.namespace, namespace), eq(secret.key, key)));
  const version = (known?.version ?? 0) + 1;
  const place = { tenant: tenant.key, namespace, key, version };
  const [sealed, digest] = await Promise.all([
    seal(secrets, place, write.value),
    digestOf(secrets, place, write.value),
  ]);
  const changes = { version, sealed, digest, description: write.description ?? null, tags: write.tags, updatedAt: at };
  const written = await tenant.db
    .insert(secret)
    .values({ tenant: tenant.key, namespace, key, createdAt: at, ...changes })
    .onConflictDoUpdate({
      target: [secret.tenant, secret.namespace, secret.key],
      set: changes,
      setWhere: sql`${secret.version} < ${version}`,
    })
    .returning({ key: secret.key });
  if (written.length === 0)
    throw new AppError('conflict', `The secret '${key}' was changed at the same moment; try again.`);
}

/** Description and tags only; undefined when there is no such secret. */
export async function describe(
  { db, key: tenant }: Tenant,
  namespace: string,
  key: string,
  changes: { description?: string; tags?: { key: string; value: string }[]; at: number },
): Promise<SecretMetadata | undefined> {
  const [row] = await db
    .update(secret)
    .set({ description: changes.description, tags: changes.tags, updatedAt: changes.at })
    .where(and(eq(secret.tenant, tenant), eq(secret.namespace, namespace), eq(secret.key, key.toUpperCase())))
    .returning(metadata);
  return row && toMetadata(row);
}

export async function remove({ db, key: tenant }: Tenant, namespace: string, key: string): Promise<boolean> {
  const removed = await db
    .delete(secret)
    .where(and(eq(secret.tenant, tenant), eq(secret.namespace, namespace), eq(secret.key, key.toUpperCase())))
    .returning({ key: secret.key });
  return removed.length > 0;
}

/** Seals values with the newest master secret that were sealed with an older one; answers how many were found. One that was
 *  changed meanwhile is left alone. */
export async function reseal(database: D1Database, secrets: Config['secrets'], max: number): Promise<number> {
  const db = drizzle(database);
  const outdated = await db
    .select()
    .from(secret)
    .where(sql`substr(${secret.sealed}, 1, ${prefixOf(secrets).length}) <> ${prefixOf(secrets)}`)
    .limit(max);
  for (const { tenant, namespace, key, version, sealed } of outdated) {
    const place = { tenant, namespace, key, version };
    const fresh = await resealed(secrets, place, sealed);
    if (fresh === undefined) continue;
    await db
      .update(secret)
      .set({ sealed: fresh })
      .where(
        and(eq(secret.tenant, tenant), eq(secret.namespace, namespace), eq(secret.key, key), eq(secret.sealed, sealed)),
      );
  }
  return outdated.length;
}

async function resealed(secrets: Config['secrets'], place: SealPlace, sealed: string): Promise<string | undefined> {
  try {
    return await seal(secrets, place, await unseal(secrets, place, sealed));
  } catch (error) {
    console.error(
      `a secret of tenant ${place.tenant} could not be sealed anew: ${place.namespace} ${place.key}`,
      error,
    );
    return undefined;
  }
}

function toMetadata({
  description,
  digest,
  ...row
}: Omit<SecretMetadata, 'description' | 'digest'> & { description: string | null; digest: string }): SecretMetadata {
  return { ...row, ...(description !== null && { description }), ...(digest !== '' && { digest }) };
}
