/** The state of an execution as the engine folds it. Times are epoch milliseconds. Immutable: a fold makes a new one that
 *  shares what did not change. */
import type { Label, Task } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { State, TerminalState } from '../protocol/states.ts';
import type { Pause, Repeat, Rounds, RunList, StartFlow, StartFlows } from '../tasks/plan.ts';
import type { Chunks } from './chunks.ts';

export interface Execution {
  readonly id: ExecutionId;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly state: StateHistory;
  readonly inputs: JsonObject;
  readonly outputs?: JsonObject;
  readonly labels: readonly Label[];
  /** Variables changed while running, over those of the flow; null = removed. */
  readonly variables: JsonObject;
  readonly trigger?: TriggerInfo;
  /** The execution that this one was restarted, replayed or retried from. */
  readonly parentId?: ExecutionId;
  readonly originalId: ExecutionId;
  readonly attemptNumber: number;
  readonly originalCreatedAt: number;
  readonly scheduleAt?: number;
  readonly kind?: 'TEST' | 'PLAYGROUND' | 'LOOP';
  /** The task run of another execution that waits for this one. */
  readonly caller?: {
    readonly executionId: ExecutionId;
    readonly taskRun: number;
    readonly attempt: number;
    readonly item?: number;
  };
  readonly taskRuns: Chunks<TaskRun>;
  /** Where the flow's own lists stand; absent before the start and when all is done, `afterExecution` included. */
  readonly frame?: Frame;
  readonly timers: readonly Timer[];
  /** The state it is about to have: what still runs outside is stopping, or the flow's outputs are being rendered. */
  readonly ending?: { readonly state: EndState; readonly retryAt?: number };
  /** Paused by a person, not by a task: ended task runs whose followers wait for the resume, and frames that could not go on
   *  (null is the flow's own). */
  readonly held?: { readonly ended: readonly number[]; readonly blocked: readonly (number | null)[] };
  /** Holds one of its flow's concurrency slots. */
  readonly hasSlot: boolean;
  readonly counts: Counts;
}

/** How many task runs there are of each kind that is not over; structural ones with a frame count as nothing themselves. */
export interface Counts {
  /** Waiting for an answer: of the outside, of an expression, of the clock. */
  readonly busy: number;
  readonly paused: number;
  readonly retrying: number;
}

export type EndState = Exclude<TerminalState, 'SKIPPED'>;

export interface StateHistory {
  readonly current: State;
  readonly histories: readonly { state: State; at: number }[];
}

export interface TriggerInfo {
  readonly id: string;
  readonly type: string;
  readonly variables?: JsonObject;
}

export interface TaskRun {
  /** Its place in the execution; ids are derived from it. */
  readonly index: number;
  readonly taskId: string;
  /** Index of the structural task run around it. */
  readonly parent?: number;
  readonly value?: string;
  /** From 0. */
  readonly iteration?: number;
  readonly timeoutMs?: number;
  /** What a TemplatedTask has made of itself. */
  readonly made?: MadeTask;
  readonly state: StateHistory;
  readonly attempts: readonly Attempt[];
  readonly outputs?: JsonObject;
  /** Structural task runs only. */
  readonly frame?: Frame;
  readonly pause?: Pause;
  /** Its children share a directory: it is a job itself, and they run as this plan says while a runner has that job. */
  readonly workspace?: RunList;
  readonly child?: Child;
  readonly children?: Children;
  /** It was opened once more when tasks after it in its group had run already: they do not run again. */
  readonly followed?: boolean;
  /** The execution or an ancestor was restarted: this one counts no more and is shown no more. */
  readonly removed?: boolean;
}

/** The part of a task that another one can take the place of; what is around it (retries, timeouts…) stays. */
export type MadeTask = Pick<Task, 'type' | 'kind' | 'properties'>;

export interface Attempt {
  readonly state: StateHistory;
  readonly workerId?: string;
}

/** The executions that a task run starts, one for each item of its plan. */
export interface Children {
  readonly plan: StartFlows;
  /** How many were asked for. */
  readonly started: number;
  /** By execution id: which item it is for, the state it ended in, and its outputs. */
  readonly known: Readonly<
    Record<string, { readonly item: number; readonly state?: State; readonly outputs?: JsonObject }>
  >;
  /** Items whose execution could not be started. */
  readonly refused: readonly number[];
}

export interface Child {
  readonly plan: StartFlow;
  readonly executionId?: ExecutionId;
}

export const PHASES = ['tasks', 'errors', 'finally', 'afterExecution'] as const;
export type Phase = (typeof PHASES)[number];

/** Where a structural task run (or the flow) stands. It runs groups; the tasks of one group run in sequence. A Sequential is one
 *  group, a Parallel has a group for each child, a loop one for each value. Counters keep every step at constant cost. */
export interface Frame {
  readonly phase: Phase;
  /** Key of the running list in `Task.lists`; for the flow's own frame the phase's name. */
  readonly list: string;
  readonly order: 'sequence' | 'parallel' | 'dag' | 'iterate';
  /** Groups in all; how many were started; how many are not over. */
  readonly groups: number;
  readonly started: number;
  readonly active: number;
  /** 0 = no limit. */
  readonly limit: number;
  readonly values?: readonly string[];
  /** What each round has given so far; null for none. */
  readonly rounds?: Rounds & { readonly given: readonly (JsonObject | null)[] };
  /** Dag: ids of the children that have begun and that have ended. */
  readonly dag?: { readonly begun: readonly string[]; readonly ended: readonly string[] };
  readonly repeat?: Repeat & { iteration: number; startedAt: number };
  /** The worst child state so far, in the main list and in `finally`. */
  readonly worst: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
  readonly soften: boolean;
  /** In `errors` and `finally`: the main list's frame as it ended, from which a restart goes on. */
  readonly main?: Frame;
}

/** One alarm of the object serves all timers; a timer never fires early. */
export type Timer = { readonly at: number } & (
  | { readonly kind: 'start' }
  | { readonly kind: 'retry' | 'timeout'; readonly taskRun: number; readonly attempt: number }
  | { readonly kind: 'wait' | 'resume' | 'pause-timeout' | 'repeat'; readonly taskRun: number }
  | { readonly kind: 'sla'; readonly sla: string }
);
