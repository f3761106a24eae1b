/** Personal tokens. A token itself is never here, only its hash. */
import { and, count, desc, eq, gt } from 'drizzle-orm';
import type { UserId } from '../ids.ts';
import type { Directory } from './directory.ts';
import { personColumns, toPerson } from './people.ts';
import type { Person } from './people.ts';
import { apiToken } from './schema/directory/api-token.ts';
import { user } from './schema/directory/user.ts';

/** A token's owner and what is asked about the token at each use. */
export interface TokenOwner extends Person {
  token: { id: string; expiresAt: number; lastUsedAt: number };
}

export type ApiToken = Omit<typeof apiToken.$inferSelect, 'hash' | 'userId'>;

export async function findOwner(directory: Directory, hash: string): Promise<TokenOwner | undefined> {
  const [row] = await directory
    .select({
      ...personColumns,
      id: apiToken.id,
      expiresAt: apiToken.expiresAt,
      lastUsedAt: apiToken.lastUsedAt,
    })
    .from(apiToken)
    .innerJoin(user, eq(user.id, apiToken.userId))
    .where(eq(apiToken.hash, hash));
  if (row === undefined) return undefined;
  const { id, expiresAt, lastUsedAt, ...who } = row;
  return { ...toPerson(who), token: { id, expiresAt, lastUsedAt: lastUsedAt ?? 0 } };
}

export async function create(directory: Directory, row: typeof apiToken.$inferInsert): Promise<void> {
  await directory.insert(apiToken).values(row);
}

/** Newest first. */
export function list(directory: Directory, userId: UserId): Promise<ApiToken[]> {
  return directory
    .select({
      id: apiToken.id,
      name: apiToken.name,
      description: apiToken.description,
      prefix: apiToken.prefix,
      createdAt: apiToken.createdAt,
      expiresAt: apiToken.expiresAt,
      lastUsedAt: apiToken.lastUsedAt,
    })
    .from(apiToken)
    .where(eq(apiToken.userId, userId))
    .orderBy(desc(apiToken.createdAt), desc(apiToken.id));
}

export async function countUsable(directory: Directory, userId: UserId, now: number): Promise<number> {
  const [row] = await directory
    .select({ total: count() })
    .from(apiToken)
    .where(and(eq(apiToken.userId, userId), gt(apiToken.expiresAt, now)));
  return row?.total ?? 0;
}

/** False when this person has no such token. */
export async function remove(directory: Directory, userId: UserId, id: string): Promise<boolean> {
  const removed = await directory
    .delete(apiToken)
    .where(and(eq(apiToken.userId, userId), eq(apiToken.id, id)))
    .returning({ id: apiToken.id });
  return removed.length > 0;
}

export async function touch(directory: Directory, id: string, now: number): Promise<void> {
  await directory.update(apiToken).set({ lastUsedAt: now }).where(eq(apiToken.id, id));
}
