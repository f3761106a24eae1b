import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Every source of every flow, byte for byte; rows are only ever added (or purged). Integer-keyed: sources are long, and a
 *  tree of long rows would be deep. */
export const flowRevision = sqliteTable(
  'flow_revision',
  {
    key: integer('key').primaryKey(),
    tenant: integer('tenant').notNull(),
    namespace: text('namespace').notNull(),
    flowId: text('flow_id').notNull(),
    revision: integer('revision').notNull(),
    source: text('source').notNull(),
    deleted: integer('deleted', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('flow_revision_of').on(table.tenant, table.namespace, table.flowId, table.revision)],
);
