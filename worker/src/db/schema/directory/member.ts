import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { ROLES } from '../../../protocol/roles.ts';
import { tenant } from './tenant.ts';
import { user } from './user.ts';

/** Who may enter a tenant, and as what. Asked on each call by person and tenant: the key. WITHOUT ROWID. */
export const member = sqliteTable(
  'member',
  {
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    tenantKey: integer('tenant_key')
      .notNull()
      .references(() => tenant.key, { onDelete: 'cascade' }),
    role: text('role', { enum: ROLES }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.tenantKey] }), index('member_by_tenant').on(table.tenantKey)],
);
