/** The compiled flow: what the engine, the schedulers and the screens read. The source it came from is stored beside it,
 *  byte for byte; this shape is made from it at save and can always be made again. */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { LogLevel, State } from '../protocol/states.ts';

export interface Flow {
  id: string;
  namespace: string;
  revision: number;
  description?: string;
  disabled: boolean;
  draft: boolean;
  labels: Label[];
  inputs: Input[];
  variables: JsonObject;
  /** Of its namespace and the parents of that: not in the source, added when the flow is run. */
  namespaceVariables?: JsonObject;
  tasks: Task[];
  errors: Task[];
  finally: Task[];
  afterExecution: Task[];
  outputs: FlowOutput[];
  triggers: Trigger[];
  pluginDefaults: PluginDefault[];
  concurrency?: { limit: number; behavior: 'QUEUE' | 'CANCEL' | 'FAIL' };
  retry?: Retry;
  sla: Sla[];
  checks: Check[];
  workerSelector?: WorkerSelector;
}

/** `inline` inside the execution's object, `edge` beside it in the Worker, `runner` on a user's machine, `structural` by the engine itself. */
export const TASK_KINDS = ['inline', 'edge', 'runner', 'structural'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export interface Label {
  key: string;
  value: string;
}

/** A task as the engine sees it. What only its type understands stays in `properties`, unrendered. */
export interface Task {
  id: string;
  /** The canonical, short type name. */
  type: string;
  /** As the source wrote it; answers of the API show this one. */
  sourceType: string;
  /** Where it runs; known from its type at compile time. */
  kind: TaskKind;
  description?: string;
  disabled: boolean;
  /** Source of an expression; absent = always. */
  runIf?: string;
  /** ISO duration or an expression that renders to one. */
  timeout?: string;
  retry?: Retry;
  allowFailure: boolean;
  allowWarning: boolean;
  logLevel?: LogLevel;
  logToFile: boolean;
  taskCache?: { enabled: boolean; ttl?: string };
  workerSelector?: WorkerSelector;
  onRunnerLost: 'retry' | 'fail';
  delivery: 'atLeastOnce' | 'atMostOnce';
  via?: string;
  /** Every other property, without those that hold tasks: expressions are rendered for each attempt. */
  properties: JsonObject;
  /** Child tasks by the path of their list inside the task: `tasks`, `then`, `else`, `defaults`, `cases.<key>`, `errors`, `finally`. */
  lists: Record<string, Task[]>;
  /** core.flow.Dag: a child's id -> the ids it waits for. */
  dependsOn?: Record<string, string[]>;
}

/** Durations in milliseconds. `attemptsMax` counts the first try too. */
export type Retry = {
  behavior: 'RETRY_FAILED_TASK' | 'CREATE_NEW_EXECUTION';
  warningOnRetry: boolean;
  attemptsMax?: number;
  durationMsMax?: number;
} & (
  | { type: 'constant'; intervalMs: number }
  | { type: 'exponential'; intervalMs: number; intervalMsMax: number; delayFactor: number }
  | { type: 'random'; intervalMsMin: number; intervalMsMax: number }
);

export interface Trigger {
  id: string;
  type: string;
  disabled: boolean;
  when?: string;
  conditions: Condition[];
  inputs?: JsonObject;
  labels: Label[];
  stopAfter: State[];
  logLevel?: LogLevel;
  allowConcurrent: boolean;
  properties: JsonObject;
}

export interface Condition {
  type: string;
  properties: JsonObject;
}

export interface PluginDefault {
  type: string;
  forced: boolean;
  values: JsonObject;
}

export interface FlowOutput {
  id: string;
  type?: InputType;
  value: Json;
  required: boolean;
  description?: string;
  displayName?: string;
}

export const INPUT_TYPES = [
  'STRING',
  'SELECT',
  'ENUM',
  'MULTISELECT',
  'INT',
  'FLOAT',
  'BOOLEAN',
  'BOOL',
  'DATETIME',
  'DATE',
  'TIME',
  'DURATION',
  'FILE',
  'JSON',
  'YAML',
  'URI',
  'EMAIL',
  'SECRET',
  'ARRAY',
  'FORM',
] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** What every input has; the members that only one type has stay in `properties`. */
export interface Input {
  id: string;
  type: InputType;
  description?: string;
  displayName?: string;
  required: boolean;
  defaults?: Json;
  prefill?: Json;
  dependsOn?: { inputs: string[]; condition?: string };
  /** FORM: the inputs it is made of. */
  inputs?: Input[];
  properties: JsonObject;
}

export type Sla = {
  id: string;
  behavior: 'FAIL' | 'CANCEL' | 'NONE';
  labels: Label[];
} & ({ type: 'MAX_DURATION'; durationMs: number } | { type: 'EXECUTION_ASSERTION'; assertion: string });

export interface Check {
  condition: string;
  message: string;
  style: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR';
  behavior: 'BLOCK_EXECUTION' | 'FAIL_EXECUTION' | 'CREATE_EXECUTION';
}

/** Which runners may take a job: by group key (≤1.x) or by tags (2.0). */
export interface WorkerSelector {
  group?: string;
  tags: string[];
  match: 'ALL' | 'ANY';
  fallback: 'FAIL' | 'WAIT' | 'CANCEL' | 'IGNORE';
}
