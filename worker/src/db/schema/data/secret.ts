import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Secrets of namespaces, sealed (vault.ts): whoever reads this table reads no value. WITHOUT ROWID. */
export const secret = sqliteTable(
  'secret',
  {
    tenant: integer('tenant').notNull(),
    namespace: text('namespace').notNull(),
    key: text('key').notNull(),
    /** Grows with each new value; a part of what the seal is bound to. */
    version: integer('version').notNull(),
    sealed: text('sealed').notNull(),
    /** Tells whether the value has changed, and nothing else; empty for values from before there were digests. */
    digest: text('digest').notNull().default(''),
    description: text('description'),
    tags: text('tags', { mode: 'json' }).$type<{ key: string; value: string }[]>().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.namespace, table.key] })],
);
