/** What the commands read of the server's answers; members that nothing here needs are passed over. */
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../../worker/src/protocol/json.ts';
import { LOG_LEVELS, STATES } from '../../../worker/src/protocol/states.ts';

/** A user's own values, with numbers as they were written. */
const Values = z.custom<JsonObject>((value) => isJsonObject(value));

const State = z.object({
  current: z.enum(STATES),
  startDate: z.string().optional(),
  endDate: z.string().optional(),
  duration: z.string().optional(),
});

export const TaskRun = z.object({
  id: z.string(),
  taskId: z.string(),
  parentTaskRunId: z.string().optional(),
  value: z.string().optional(),
  state: State,
  outputs: Values.optional(),
  attempts: z.array(z.object({ state: State })).default([]),
});
export type TaskRun = z.infer<typeof TaskRun>;

export const Execution = z.object({
  id: z.string(),
  namespace: z.string(),
  flowId: z.string(),
  flowRevision: z.number().optional(),
  state: State,
  inputs: Values.optional(),
  outputs: Values.optional(),
  taskRunList: z.array(TaskRun).default([]),
  url: z.string().optional(),
});
export type Execution = z.infer<typeof Execution>;

export const LogEntry = z.object({
  timestamp: z.string(),
  level: z.enum(LOG_LEVELS),
  message: z.string().default(''),
  taskId: z.string().optional(),
  taskRunId: z.string().optional(),
  attemptNumber: z.number().optional(),
  triggerId: z.string().optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;
export const LogEntries = z.array(LogEntry);

export const FlowWithSource = z.object({
  id: z.string(),
  namespace: z.string(),
  revision: z.number(),
  source: z.string().optional(),
});
export type FlowWithSource = z.infer<typeof FlowWithSource>;
export const FlowList = z.array(FlowWithSource);

export const Validations = z.array(
  z.object({
    index: z.number().default(0),
    constraints: z.string().optional(),
    warnings: z.array(z.string()).default([]),
  }),
);

export const EvalAnswer = z.object({ result: z.string().optional(), error: z.string().optional() });

export const ApiToken = z.object({ fullToken: z.string() });

export const NamespacePage = z.object({ results: z.array(z.object({ id: z.string() })), total: z.number() });

const KvEntry = z.object({ key: z.string(), revision: z.number(), expirationDate: z.string().optional() });
export type KvEntry = z.infer<typeof KvEntry>;
export const KvEntries = z.array(KvEntry);

export const KvValue = z.object({ value: z.custom<Json>((value) => value !== undefined), revision: z.number() });
export type KvValue = z.infer<typeof KvValue>;

const Secret = z.object({
  key: z.string(),
  description: z.string().optional(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  version: z.number(),
  updated: z.string().default(''),
});
export type Secret = z.infer<typeof Secret>;
export const SecretPage = z.object({ results: z.array(Secret), total: z.number() });
