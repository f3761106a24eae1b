/** Executions, task runs, logs and metrics as the API answers with them. Members that a user fills (inputs, outputs) may hold
 *  anything. */
import { z } from 'zod';
import { LOG_LEVELS, STATES } from './states.ts';

const Instant = z.iso.datetime();
const Values = z.record(z.string(), z.unknown());
export const LabelView = z.object({ key: z.string(), value: z.string() }).meta({ id: 'Label' });

export const StateView = z
  .object({
    current: z.enum(STATES),
    histories: z.array(z.object({ state: z.enum(STATES), date: Instant })),
    startDate: Instant,
    endDate: Instant.optional(),
    duration: z.string(),
  })
  .meta({ id: 'State' });

export const TaskRunView = z
  .looseObject({
    id: z.string(),
    executionId: z.string(),
    namespace: z.string(),
    flowId: z.string(),
    taskId: z.string(),
    parentTaskRunId: z.string().optional(),
    value: z.unknown(),
    iteration: z.int().optional(),
    attempts: z.array(z.object({ state: StateView, workerId: z.string().optional() })).optional(),
    outputs: Values.optional(),
    state: StateView,
  })
  .meta({ id: 'TaskRun' });

export const ExecutionView = z
  .looseObject({
    tenantId: z.string(),
    id: z.string(),
    namespace: z.string(),
    flowId: z.string(),
    flowRevision: z.int(),
    /** Lists leave it out unless asked with `expand=taskRunList`. */
    taskRunList: z.array(TaskRunView).optional(),
    inputs: Values.optional(),
    outputs: Values.optional(),
    labels: z.array(LabelView),
    variables: Values.optional(),
    state: StateView,
    parentId: z.string().optional(),
    originalId: z.string(),
    trigger: z.looseObject({ id: z.string(), type: z.string(), variables: Values.optional() }).optional(),
    deleted: z.boolean(),
    metadata: z.object({ attemptNumber: z.int(), originalCreatedDate: Instant }).optional(),
    scheduleDate: Instant.optional(),
    kind: z.string().optional(),
    url: z.string().optional(),
  })
  .meta({ id: 'Execution' });

export const LogEntry = z
  .object({
    namespace: z.string(),
    flowId: z.string(),
    taskId: z.string().optional(),
    executionId: z.string().optional(),
    taskRunId: z.string().optional(),
    attemptNumber: z.int().optional(),
    timestamp: Instant,
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    executionKind: z.string().optional(),
  })
  .meta({ id: 'LogEntry' });

export const MetricEntry = z
  .object({
    namespace: z.string(),
    flowId: z.string(),
    taskId: z.string().optional(),
    taskRunId: z.string().optional(),
    executionId: z.string(),
    type: z.string(),
    name: z.string(),
    value: z.number(),
    timestamp: Instant,
    tags: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'MetricEntry' });

/** What `eval` answers: the text, or why there is none. */
export const EvalResult = z
  .object({ result: z.string().optional(), error: z.string().optional(), stackTrace: z.string().optional() })
  .meta({ id: 'EvalResult' });

export const FilePreview = z
  .object({
    extension: z.string(),
    type: z.enum(['LIST', 'TEXT', 'IMAGE', 'MARKDOWN', 'PDF']),
    content: z.unknown(),
    truncated: z.boolean(),
  })
  .meta({ id: 'FilePreview' });
