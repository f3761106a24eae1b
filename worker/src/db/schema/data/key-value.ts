import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The key-value store of a namespace. A value is kept as JSON text, so that numbers leave as they came. */
export const keyValue = sqliteTable(
  'key_value',
  {
    tenant: integer('tenant').notNull(),
    namespace: text('namespace').notNull(),
    key: text('key').notNull(),
    type: text('type').notNull(),
    value: text('value').notNull(),
    description: text('description'),
    revision: integer('revision').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    expiresAt: integer('expires_at'),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.namespace, table.key] })],
);
