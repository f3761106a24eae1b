import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Answers of requests that said a key, so that a repeated one is answered alike and does nothing. WITHOUT ROWID. */
export const idempotencyKey = sqliteTable(
  'idempotency_key',
  {
    tenant: integer('tenant').notNull(),
    /** SHA-256 of the key and of who sent it. */
    key: text('key').notNull(),
    /** SHA-256 of the request: one key is for one request. */
    request: text('request').notNull(),
    /** Absent while the first request is under way. */
    status: integer('status'),
    contentType: text('content_type'),
    /** Sealed: an answer may hold a token. */
    body: text('body'),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.key] }),
    index('idempotency_key_by_expiry').on(table.expiresAt),
  ],
);
