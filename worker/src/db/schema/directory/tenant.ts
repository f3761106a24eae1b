import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Tenants, and where each one's data lives. `key` names everything a tenant has and is never given twice, so that a
 *  tenant made again under the id of a deleted one finds nothing of it. */
export const tenant = sqliteTable('tenant', {
  key: integer('key').primaryKey({ autoIncrement: true }),
  id: text('id').notNull().unique(),
  name: text('name').notNull(),
  dataShard: integer('data_shard').notNull(),
  executionShards: integer('execution_shards').notNull(),
  createdAt: integer('created_at').notNull(),
});
