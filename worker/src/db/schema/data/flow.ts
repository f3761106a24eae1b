import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Label } from '../../../flow/flow.ts';

/** The newest revision of each flow, small: what lists and searches read. The source stands in `flow_revision`.
 *  WITHOUT ROWID: a lookup is one tree walk and a save one row. */
export const flow = sqliteTable(
  'flow',
  {
    tenant: integer('tenant').notNull(),
    namespace: text('namespace').notNull(),
    id: text('id').notNull(),
    revision: integer('revision').notNull(),
    /** What the source says, until somebody enables or disables the flow without touching its source. */
    disabled: integer('disabled', { mode: 'boolean' }).notNull(),
    deleted: integer('deleted', { mode: 'boolean' }).notNull(),
    description: text('description'),
    labels: text('labels', { mode: 'json' }).$type<Label[]>().notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.namespace, table.id] }),
    index('flow_by_id').on(table.tenant, table.id),
  ],
);
