import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Names of the Terraform states of a tenant; all else about one is known by its object. WITHOUT ROWID. */
export const terraformState = sqliteTable(
  'terraform_state',
  {
    tenant: integer('tenant').notNull(),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.name] })],
);
