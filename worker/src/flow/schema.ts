/** What a flow's source may hold beside tasks, triggers and inputs, whose own types say so. */
import * as z from '../zod.ts';
import { LOG_LEVELS, STATES } from '../protocol/states.ts';
import { parseDuration } from '../protocol/duration.ts';
import type { JsonObject } from '../protocol/json.ts';
import {
  deprecated,
  durationText,
  dynamicDuration,
  dynamicText,
  labels,
  text,
  withRules,
} from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';

export const FLOW_ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;
export const NAMESPACE = /^[a-z0-9][a-z0-9._-]*$/;
export const TASK_ID = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
export const INPUT_ID = /^[a-zA-Z0-9][.a-zA-Z0-9_-]*$/;

/** Kestra refuses them since 1.0, because its paths take them for verbs. `pause` is accepted all the same: flows of that id are
 *  in use, and here no path is ambiguous, since ids of executions cannot be namespaces. */
export const RESERVED_FLOW_IDS: ReadonlySet<string> = new Set([
  'resume',
  'force-run',
  'change-status',
  'kill',
  'executions',
  'search',
  'source',
  'disable',
  'enable',
]);

const retryBase = {
  maxAttempts: z.int().min(1).optional().describe('How often the task is tried in all, the first time included.'),
  maxAttempt: z.int().min(1).optional().describe('Former name of maxAttempts.'),
  maxDuration: durationText().optional().describe('No try starts later than this after the first one.'),
  warningOnRetry: z
    .boolean()
    .optional()
    .describe('End in WARNING instead of SUCCESS when more than one attempt was needed.'),
  behavior: z
    .enum(['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'])
    .optional()
    .describe('Try the same task run again, or start a new execution.'),
};

const constantRetry = withRules(
  z.object({
    type: z.literal('constant'),
    interval: durationText().describe('Time between two attempts.'),
    ...retryBase,
  }),
  (retry) => below(retry, 'interval', 'maxDuration'),
);

const exponentialRetry = withRules(
  z.object({
    type: z.literal('exponential'),
    interval: durationText().describe('Time before the second attempt.'),
    maxInterval: durationText().describe('The longest time between two attempts.'),
    delayFactor: z.number().optional().describe('What each time is multiplied by to give the next one; 2 when absent.'),
    ...retryBase,
  }),
  (retry) => [...below(retry, 'interval', 'maxInterval'), ...below(retry, 'interval', 'maxDuration')],
);

const randomRetry = withRules(
  z.object({
    type: z.literal('random'),
    minInterval: durationText().describe('The shortest time between two attempts.'),
    maxInterval: durationText().describe('The longest time between two attempts.'),
    ...retryBase,
  }),
  (retry) => [
    ...below(retry, 'minInterval', 'maxInterval'),
    ...below(retry, 'minInterval', 'maxDuration'),
    ...below(retry, 'maxInterval', 'maxDuration'),
  ],
);

export const RetrySource = z.discriminatedUnion('type', [constantRetry, exponentialRetry, randomRetry]);

function below(retry: JsonObject, name: string, bound: string): Problem[] {
  const less = duration(retry[name]);
  const more = duration(retry[bound]);
  if (less === undefined || more === undefined || less < more) return [];
  return [{ message: `'${name}' must be less than '${bound}' but is ${String(retry[name])}`, path: [name] }];
}

function duration(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

export const WorkerGroupSource = z.object({
  key: dynamicText().optional().describe('Name of the runner group.'),
  fallback: z
    .enum(['FAIL', 'WAIT', 'CANCEL', 'IGNORE'])
    .optional()
    .describe('What to do when no runner of the group is there.'),
});

export const WorkerSelectorSource = z.object({
  tags: z.array(text()).describe('Tags that a runner must have.'),
  match: z.enum(['ALL', 'ANY']).optional().describe('Whether a runner needs all of the tags or one.'),
  fallback: z.enum(['FAIL', 'WAIT', 'CANCEL', 'IGNORE']).optional().describe('What to do when no runner fits.'),
});

/** What every task accepts beside its type's own properties. */
export const TaskBase = z.object({
  id: z.string().regex(TASK_ID).max(256).describe('Unique in the flow; without dots.'),
  type: z.string(),
  version: text().optional().describe('Accepted for compatibility: a type has one version here.'),
  description: text().optional().describe('Markdown for people.'),
  disabled: z.boolean().optional().describe('Treat the task as absent.'),
  runIf: text().optional().describe('Expression: when it is falsy the task is skipped.'),
  when: text().optional().describe('Same as runIf.'),
  timeout: dynamicDuration().optional().describe('The longest time an attempt may take.'),
  retry: RetrySource.optional(),
  allowFailure: z.boolean().optional().describe('Turn FAILED into WARNING, so that the following tasks run.'),
  allowWarning: z.boolean().optional().describe('Turn WARNING into SUCCESS.'),
  logLevel: z.enum(LOG_LEVELS).optional().describe('Log lines below this level are not stored.'),
  logToFile: z.boolean().optional().describe('Write the log to a file.'),
  workerGroup: WorkerGroupSource.optional(),
  workerSelector: WorkerSelectorSource.optional(),
  taskCache: z
    .object({ enabled: z.boolean().optional(), ttl: durationText().optional() })
    .optional()
    .describe('Answer from an earlier run with the same properties.'),
  assets: z.record(z.string(), z.unknown()).optional(),
  onRunnerLost: z
    .enum(['retry', 'fail'])
    .optional()
    .describe('What to do when the runner disappears while the task runs.'),
  delivery: z
    .enum(['atLeastOnce', 'atMostOnce'])
    .optional()
    .describe('atMostOnce: never run the task twice, rather fail.'),
  via: text().optional().describe('Send the requests of an HTTP task through this runner group.'),
});

/** What every trigger accepts beside its type's own properties. */
export const TriggerBase = z.object({
  id: z.string().regex(TASK_ID).max(256).describe('Unique in the flow.'),
  type: z.string(),
  version: text().optional(),
  description: text().optional(),
  disabled: z.boolean().optional().describe('Never evaluate the trigger.'),
  conditions: z.array(z.unknown()).optional().describe('All of them must hold.'),
  when: text().optional().describe('Expression: when it is falsy no execution is started.'),
  inputs: z.record(z.string(), z.unknown()).optional().describe('Inputs of the executions that the trigger starts.'),
  labels: labels().optional().describe('Labels of the executions that the trigger starts.'),
  stopAfter: z
    .array(z.enum(STATES))
    .optional()
    .describe('Disable the trigger once an execution of it ends in one of these states.'),
  logLevel: z.enum(LOG_LEVELS).optional(),
  minLogLevel: deprecated(z.enum(LOG_LEVELS), '`minLogLevel` is now called `logLevel`.').optional(),
  logToFile: z.boolean().optional(),
  workerGroup: WorkerGroupSource.optional(),
  workerSelector: WorkerSelectorSource.optional(),
  allowConcurrent: z.boolean().optional().describe('Evaluate the trigger again while an execution of it still runs.'),
  failOnTriggerError: z.boolean().optional().describe('Start a FAILED execution when the evaluation itself fails.'),
  assets: z.record(z.string(), z.unknown()).optional(),
});

const maxDurationSla = z.object({
  id: text(),
  type: z.literal('MAX_DURATION'),
  duration: durationText(),
  behavior: z.enum(['FAIL', 'CANCEL', 'NONE']),
  labels: labels().optional(),
});

const assertionSla = z.object({
  id: text(),
  type: z.literal('EXECUTION_ASSERTION'),
  assert: text(),
  behavior: z.enum(['FAIL', 'CANCEL', 'NONE']),
  labels: labels().optional(),
});

const CheckSource = withRules(
  z.object({
    condition: text().optional().describe('Expression that must be truthy before an execution is created.'),
    when: text().optional().describe('Same as condition.'),
    message: text(),
    style: z.enum(['INFO', 'SUCCESS', 'WARNING', 'ERROR']).optional(),
    behavior: z.enum(['BLOCK_EXECUTION', 'FAIL_EXECUTION', 'CREATE_EXECUTION']).optional(),
  }),
  (check) =>
    (check.condition ?? check.when ?? null) === null ? [{ message: 'must not be null', path: ['condition'] }] : [],
);

const PluginDefaultSource = withRules(
  z.object({
    type: z.string().min(1),
    forced: z.boolean().optional(),
    values: z.record(z.string(), z.unknown()).optional(),
  }),
  (entry) =>
    (entry.values ?? null) === null
      ? [{ message: `No 'values' provided for plugin defaults of type '${String(entry.type)}'` }]
      : [],
);

export const OutputSource = z.object({
  id: z.string().regex(INPUT_ID),
  type: text().optional(),
  value: z.unknown(),
  required: z.boolean().optional(),
  description: text().optional(),
  displayName: text().optional(),
});

/** The members of a flow; those read by hand are declared open here. */
export const FlowSource = z.object({
  id: z.string().max(100).regex(FLOW_ID).describe('Unique in its namespace; it cannot be changed later.'),
  namespace: z
    .string()

    .max(150)
    .regex(NAMESPACE)
    .describe('Dotted path of the team that owns the flow; it cannot be changed later.'),
  revision: z.unknown().optional().describe('Given by the server; a value in the source is ignored.'),
  description: text().optional().describe('Markdown for people.'),
  labels: labels().optional().describe('Labels of the flow, copied to each of its executions.'),
  inputs: z.unknown().optional(),
  variables: z.record(z.string(), z.unknown()).optional().describe('Values that expressions read as `vars`.'),
  tasks: z.unknown().optional(),
  errors: z.unknown().optional(),
  finally: z.unknown().optional(),
  afterExecution: z.unknown().optional(),
  listeners: z.unknown().optional(),
  triggers: z.unknown().optional(),
  pluginDefaults: z.array(PluginDefaultSource).optional(),
  taskDefaults: deprecated(z.array(PluginDefaultSource), '`taskDefaults` is now called `pluginDefaults`.').optional(),
  concurrency: z
    .object({ limit: z.int().min(1), behavior: z.enum(['QUEUE', 'CANCEL', 'FAIL']).optional() })
    .optional()
    .describe('How many executions of the flow may run at a time.'),
  outputs: z.array(OutputSource).optional().describe('What an execution answers.'),
  retry: RetrySource.optional().describe('Retry of every task that has none of its own.'),
  sla: z.array(z.discriminatedUnion('type', [maxDurationSla, assertionSla])).optional(),
  checks: z.array(CheckSource).optional(),
  quotas: z.array(z.record(z.string(), z.unknown())).optional(),
  disabled: z.boolean().optional(),
  draft: z.boolean().optional(),
  workerGroup: WorkerGroupSource.optional(),
  workerSelector: WorkerSelectorSource.optional(),
  policyRefs: z.array(z.unknown()).optional(),
  deleted: z.boolean().optional(),
  /** Members of the JSON form of a flow that a client may send back. */
  tenantId: text().optional(),
  updated: text().optional(),
  source: text().optional(),
});
