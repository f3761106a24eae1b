import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';

/** Tenants whose scheduler has ever had something to wake for: the sweeper pokes them in turn. What is due, and when, only
 *  the scheduler's object knows. */
export const scheduler = sqliteTable('scheduler', {
  tenant: integer('tenant').primaryKey(),
});
