/** A task type is data plus one function: `run()` for inline and edge tasks, `job()` for runner tasks, `plan()` for
 *  structural ones. Validation, completion, the documentation page and the API's schema are all read from the data. */
import type * as z from '../zod.ts';
import type { MaybePromise } from '../expression/index.ts';
import type { Task, TaskKind } from '../flow/flow.ts';
import type { JobSpec } from '../protocol/job.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { LogLevel } from '../protocol/states.ts';
import type { Plan } from './plan.ts';

export interface TaskExample {
  title: string;
  /** The properties of the task as YAML, without `id` and `type`. */
  yaml: string;
}

interface TaskDescription<Input extends z.ZodObject, Output extends z.ZodObject> {
  /** The canonical id is the short form: `core.log.Log`. */
  type: string;
  /** Kestra's former names of this task, short or in full. */
  aliases?: readonly string[];
  title: string;
  description?: string;
  /** Why not to use it any more, and what to use instead. */
  deprecated?: string;
  /** The task's own properties once rendered; `properties.ts` has the helpers that mark expressions and child tasks. */
  input: Input;
  output?: Output;
  examples: readonly TaskExample[];
}

/** Runs inside the execution's object: no waiting, no world beyond its context. */
export interface InlineTask<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends TaskDescription<Input, Output> {
  kind: 'inline';
  run(input: z.output<Input>, context: InlineContext): z.input<Output> | void;
}

/** Runs beside the object, in the stateless Worker. */
export interface EdgeTask<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends TaskDescription<Input, Output> {
  kind: 'edge';
  /** How it works on the files of a WorkingDirectory: on the runner that has them. */
  job?(input: z.output<Input>): JobSpec;
  run(input: z.output<Input>, context: EdgeContext): Promise<z.input<Output> | void>;
}

/** Becomes a job for one of the tenant's own runners. */
export interface RunnerTask<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends TaskDescription<Input, Output> {
  kind: 'runner';
  job(input: z.output<Input>): JobSpec;
}

/** Decides which tasks run next; the engine carries the plan out. */
export interface StructuralTask<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends TaskDescription<Input, Output> {
  kind: 'structural';
  /** True for a task without children, which may stand wherever only runnable tasks may. */
  runnable?: boolean;
  /** What a runner does while the children run: it keeps the directory that they share. */
  job?(input: z.output<Input>): JobSpec;
  /** Child tasks that the type makes itself; its source has none. */
  children?(task: Task): Task[];
  plan(input: z.output<Input>, context: PlanContext): MaybePromise<Plan>;
}

export type TaskDefinition = (InlineTask | EdgeTask | RunnerTask | StructuralTask) & { kind: TaskKind };

export interface Logger {
  log(level: LogLevel, message: string): void;
}

/** Who is running: enough to address its own data, nothing of another tenant. */
export interface RunIdentity {
  tenant: string;
  namespace: string;
  flowId: string;
  flowRevision: number;
  executionId: string;
  taskId: string;
  taskRunId: string;
  /** From 1. */
  attempt: number;
  /** The values of the iterations around this task run, outermost first, its own last. */
  iteration: string[];
}

export interface InlineContext extends Logger {
  identity: RunIdentity;
  now(): number;
  metric(metric: Metric): void;
  /** Adds labels to the execution, or replaces those with the same key. */
  setLabels(labels: Record<string, string>): void;
  /** Changes the execution's variables; a null removes one. Fails when `overwrite` is false and one exists, and, unless
   *  `ignoreMissing` is true, when one to remove does not. */
  setVariables(variables: JsonObject, options?: { overwrite?: boolean; ignoreMissing?: boolean }): void;
  /** Ends the execution early in this state. */
  exit(state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'CANCELLED' | 'KILLED'): void;
}

export interface PlanContext extends Logger {
  identity: RunIdentity;
  now(): number;
  /** The keys of the task's lists: which of them its source has. */
  lists: readonly string[];
  /** The text of a stored file of the execution. */
  read(uri: string): Promise<string>;
}

/** What an edge task may reach; each member is bound to the tenant, metered and guarded. */
export interface EdgeContext extends InlineContext {
  signal: AbortSignal;
  /** The tenant's own: it meters, times out and refuses private addresses. */
  fetch: typeof fetch;
  storage: Storage;
  kv: KeyValue;
  files: NamespaceFiles;
  /** Renders a value with the execution's variables and `extra` over them. */
  render(value: Json, extra?: JsonObject): Promise<Json>;
  randomId(): string;
  /** What the tenant's other flows and executions offer to tasks. */
  executions: Executions;
}

/** Files of the execution, by URI (`kestra:///…`). Bodies are streams: a file is never held in memory whole. */
export interface Storage {
  /** Stores a file of this task run and answers its URI. */
  put(name: string, body: ReadableStream<Uint8Array> | Uint8Array | string): Promise<{ uri: string; size: number }>;
  /** Throws TaskFailure when the file is missing or belongs to somebody else. */
  get(uri: string): Promise<{ body: ReadableStream<Uint8Array>; size: number }>;
  size(uri: string): Promise<number | undefined>;
  /** True when there was a file. */
  delete(uri: string): Promise<boolean>;
  /** URIs of the files of this execution. */
  list(): Promise<string[]>;
}

export interface KeyValueEntry {
  key: string;
  value: Json;
  type: string;
  description?: string;
  expiresAt?: number;
}

export interface KeyValue {
  get(namespace: string, key: string): Promise<KeyValueEntry | undefined>;
  set(
    namespace: string,
    key: string,
    value: Json,
    options?: { ttlMs?: number; overwrite?: boolean; type?: string; description?: string },
  ): Promise<void>;
  delete(namespace: string, key: string): Promise<boolean>;
  keys(namespace: string, prefix?: string): Promise<KeyValueEntry[]>;
}

export interface NamespaceFiles {
  list(namespace: string): Promise<string[]>;
  get(namespace: string, path: string): Promise<{ body: ReadableStream<Uint8Array>; size: number } | undefined>;
  put(namespace: string, path: string, body: ReadableStream<Uint8Array>): Promise<{ uri: string }>;
  delete(namespace: string, path: string): Promise<boolean>;
}

export interface Executions {
  count(query: JsonObject): Promise<{ namespace: string; flowId: string; count: number }[]>;
  resume(executionId: string, inputs: JsonObject): Promise<void>;
  purge(query: JsonObject): Promise<Record<string, number>>;
  logs(query: JsonObject): Promise<JsonObject[]>;
  toggleTrigger(reference: { namespace: string; flowId: string; triggerId: string }, enabled: boolean): Promise<void>;
}

export interface Metric {
  name: string;
  type: 'counter' | 'timer';
  /** A timer's value is in milliseconds. */
  value: number;
  tags: Record<string, string>;
}

/** A task that failed for a reason its author can act on: the message is logged, the outputs are kept. */
export class TaskFailure extends Error {
  readonly outputs?: JsonObject;

  constructor(message: string, outputs?: JsonObject) {
    super(message);
    this.name = 'TaskFailure';
    this.outputs = outputs;
  }
}

export function defineInlineTask<I extends z.ZodObject, O extends z.ZodObject>(
  task: Omit<InlineTask<I, O>, 'kind'>,
): InlineTask<I, O> {
  return { kind: 'inline', ...task };
}

export function defineEdgeTask<I extends z.ZodObject, O extends z.ZodObject>(
  task: Omit<EdgeTask<I, O>, 'kind'>,
): EdgeTask<I, O> {
  return { kind: 'edge', ...task };
}

export function defineRunnerTask<I extends z.ZodObject, O extends z.ZodObject>(
  task: Omit<RunnerTask<I, O>, 'kind'>,
): RunnerTask<I, O> {
  return { kind: 'runner', ...task };
}

export function defineStructuralTask<I extends z.ZodObject, O extends z.ZodObject>(
  task: Omit<StructuralTask<I, O>, 'kind'>,
): StructuralTask<I, O> {
  return { kind: 'structural', ...task };
}
