import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The runner groups that people made; `default` is there without a row. Runners and jobs are rows of the group's object,
 *  not of this database. WITHOUT ROWID. */
export const runnerGroup = sqliteTable(
  'runner_group',
  {
    tenant: integer('tenant').notNull(),
    id: text('id').notNull(),
    description: text('description'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);
