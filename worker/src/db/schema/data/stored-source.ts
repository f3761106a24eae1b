import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const SOURCE_KINDS = ['dashboard', 'app', 'test'] as const;

/** YAML that is kept and given back as it is: dashboards, apps, tests of flows. WITHOUT ROWID. */
export const storedSource = sqliteTable(
  'stored_source',
  {
    tenant: integer('tenant').notNull(),
    kind: text('kind', { enum: SOURCE_KINDS }).notNull(),
    /** Empty for what belongs to no namespace. */
    namespace: text('namespace').notNull(),
    id: text('id').notNull(),
    title: text('title').notNull(),
    description: text('description'),
    source: text('source').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.kind, table.namespace, table.id] })],
);
