import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Namespaces that were described by somebody; one with flows exists without a row. The document is kept whole, members
 *  that mean nothing to us included: clients compare what they read with what they sent. WITHOUT ROWID. */
export const namespace = sqliteTable(
  'namespace',
  {
    tenant: integer('tenant').notNull(),
    id: text('id').notNull(),
    /** JSON text: numbers leave as they came. */
    document: text('document').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);
