/** The state of a trigger as the API answers with it, members of both lines side by side. */
import { z } from 'zod';

const Instant = z.iso.datetime();

export const TriggerStateView = z
  .looseObject({
    tenantId: z.string(),
    namespace: z.string(),
    flowId: z.string(),
    triggerId: z.string(),
    flowRevision: z.int(),
    disabled: z.boolean(),
    locked: z.boolean(),
    kind: z.enum(['SCHEDULE', 'POLLING']).optional(),
    date: Instant,
    updatedAt: Instant,
    updatedDate: Instant,
    evaluatedAt: Instant.optional(),
    nextExecutionDate: Instant.optional(),
    nextEvaluationDate: Instant.optional(),
    lastTriggeredDate: Instant.optional(),
    executionId: z.string().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'TriggerState' });
