import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { user } from './user.ts';

/** Tokens of people. Only the SHA-256 of a token is kept: it is random enough that a slow hash adds nothing. */
export const apiToken = sqliteTable(
  'api_token',
  {
    id: text('id').primaryKey(),
    hash: text('hash').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description'),
    /** What a person recognises a token by: its first characters. */
    prefix: text('prefix').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [index('api_token_by_user').on(table.userId)],
);
