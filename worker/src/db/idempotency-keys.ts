/** Which requests were made under a key, and how they were answered. */
import { and, eq, lte } from 'drizzle-orm';
import type { Tenant } from '../tenant.ts';
import { idempotencyKey } from './schema/data/idempotency-key.ts';

export interface KeptAnswer {
  request: string;
  /** Null while the first request is under way. */
  status: number | null;
  contentType: string | null;
  body: string | null;
}

/** Takes a key for a request; answers what is kept under it when it is taken already. */
export async function claim(
  { db, key: tenant }: Tenant,
  { key, request, now, expiresAt }: { key: string; request: string; now: number; expiresAt: number },
): Promise<KeptAnswer | undefined> {
  const isThis = and(eq(idempotencyKey.tenant, tenant), eq(idempotencyKey.key, key));
  const { status, contentType, body } = idempotencyKey;
  const [, claimed, kept] = await db.batch([
    db.delete(idempotencyKey).where(and(isThis, lte(idempotencyKey.expiresAt, now))),
    db
      .insert(idempotencyKey)
      .values({ tenant, key, request, expiresAt })
      .onConflictDoNothing()
      .returning({ key: idempotencyKey.key }),
    db.select({ request: idempotencyKey.request, status, contentType, body }).from(idempotencyKey).where(isThis),
  ]);
  return claimed.length > 0 ? undefined : kept[0];
}

export async function keep(
  { db, key: tenant }: Tenant,
  key: string,
  answer: { status: number; contentType: string | null; body: string; expiresAt: number },
): Promise<void> {
  await db
    .update(idempotencyKey)
    .set(answer)
    .where(and(eq(idempotencyKey.tenant, tenant), eq(idempotencyKey.key, key)));
}

/** The request came to nothing: it may be made again under its key. */
export async function release({ db, key: tenant }: Tenant, key: string): Promise<void> {
  await db.delete(idempotencyKey).where(and(eq(idempotencyKey.tenant, tenant), eq(idempotencyKey.key, key)));
}

/** Forgets what is older than promised, of all tenants of a database. */
export async function purge(database: D1Database, now: number): Promise<void> {
  await database.prepare('DELETE FROM idempotency_key WHERE expires_at <= ?').bind(now).run();
}
