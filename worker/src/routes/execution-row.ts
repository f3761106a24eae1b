/** A row of the index as lists show it: what the index knows, without task runs, inputs and outputs. */
import type { ExecutionRow } from '../db/executions.ts';
import { formatDuration } from '../protocol/duration.ts';
import type { JsonObject } from '../protocol/json.ts';
import { instant } from './respond.ts';

export function viewRow(tenant: string, row: ExecutionRow, now: number): JsonObject {
  return {
    tenantId: tenant,
    id: row.id,
    namespace: row.namespace,
    flowId: row.flowId,
    flowRevision: row.flowRevision,
    labels: row.labels.map(({ key, value }) => ({ key, value })),
    state: {
      current: row.state,
      histories: [
        { state: 'CREATED', date: instant(row.startAt) },
        ...(row.endAt === null ? [] : [{ state: row.state, date: instant(row.endAt) }]),
      ],
      startDate: instant(row.startAt),
      ...(row.endAt !== null && { endDate: instant(row.endAt) }),
      duration: formatDuration((row.endAt ?? now) - row.startAt),
    },
    originalId: row.originalId,
    ...(row.parentId !== null && { parentId: row.parentId }),
    ...(row.triggerId !== null && {
      trigger: {
        id: row.triggerId,
        type: row.triggerType ?? '',
        ...(row.triggerExecutionId !== null && { variables: { executionId: row.triggerExecutionId } }),
      },
    }),
    deleted: false,
    ...(row.scheduleAt !== null && { scheduleDate: instant(row.scheduleAt) }),
    ...(row.kind !== null && { kind: row.kind }),
  };
}
