import { isNull } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Label } from '../../../flow/flow.ts';
import { STATES } from '../../../protocol/states.ts';

/** The index of executions: what lists, searches and counts read. The truth is in each execution's object; rows arrive a
 *  moment later, in batches. WITHOUT ROWID, and no column of an index changes after the first write, so that each later
 *  fact is one row written. */
export const execution = sqliteTable(
  'execution',
  {
    tenant: integer('tenant').notNull(),
    id: text('id').notNull(),
    /** Grows with each fact: an older one that arrives later changes nothing. */
    version: integer('version').notNull(),
    namespace: text('namespace').notNull(),
    flowId: text('flow_id').notNull(),
    flowRevision: integer('flow_revision').notNull(),
    state: text('state', { enum: STATES }).notNull(),
    startAt: integer('start_at').notNull(),
    endAt: integer('end_at'),
    labels: text('labels', { mode: 'json' }).$type<Label[]>().notNull(),
    triggerId: text('trigger_id'),
    triggerType: text('trigger_type'),
    /** The execution that started this one (subflow, flow trigger). */
    triggerExecutionId: text('trigger_execution_id'),
    parentId: text('parent_id'),
    originalId: text('original_id').notNull(),
    scheduleAt: integer('schedule_at'),
    kind: text('kind', { enum: ['TEST', 'PLAYGROUND', 'LOOP'] }),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    index('execution_by_start').on(table.tenant, table.startAt),
    index('execution_by_flow').on(table.tenant, table.namespace, table.flowId, table.startAt),
    // Holds no row of an execution whose first fact says that it has ended, which is most of them.
    index('execution_unfinished').on(table.startAt).where(isNull(table.endAt)),
  ],
);
