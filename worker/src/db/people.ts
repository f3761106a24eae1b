/** People, as far as better-auth is not needed to read them. */
import { and, eq } from 'drizzle-orm';
import type { UserId } from '../ids.ts';
import type { Directory } from './directory.ts';
import { account } from './schema/directory/account.ts';
import { user } from './schema/directory/user.ts';

export interface Person {
  userId: UserId;
  email: string;
  name: string;
}

/** Columns of a `Person`. */
export const personColumns = { userId: user.id, email: user.email, name: user.name };

export async function findByEmail(
  directory: Directory,
  email: string,
): Promise<{ who: Person; passwordHash: string | null } | undefined> {
  const [row] = await directory
    .select({ ...personColumns, passwordHash: account.password })
    .from(user)
    .leftJoin(account, and(eq(account.userId, user.id), eq(account.providerId, 'credential')))
    .where(eq(user.email, email.toLowerCase()))
    .limit(1);
  if (row === undefined) return undefined;
  const { passwordHash, ...who } = row;
  return { who: toPerson(who), passwordHash };
}

export function toPerson(row: { userId: string; email: string; name: string }): Person {
  return { ...row, userId: row.userId as UserId };
}

/** Whether anybody has signed up yet. */
export async function hasAny(directory: Directory): Promise<boolean> {
  return (await directory.select({ id: user.id }).from(user).limit(1)).length > 0;
}
