/** What a structural task wants done, as data: the task's own file makes the plan, the engine carries it out. */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { LogLevel } from '../protocol/states.ts';

export type Plan = Become | RunList | Iterate | Repeat | Wait | Pause | StartFlow | StartFlows | Settle;

interface PlanBase {
  /** The task run's own outputs, visible to its children at once. */
  outputs?: JsonObject;
}

/** Do what another task does, given as YAML; it must be a runnable one. */
export interface Become {
  kind: 'become';
  spec: string;
}

/** Run one list of child tasks. `lists[list]` may be absent: then there is nothing to do. */
export interface RunList extends PlanBase {
  kind: 'run';
  list: string;
  /** `parallel` and `dag` start what they may, at most `limit` at a time (0 = no limit). */
  order: 'sequence' | 'parallel' | 'dag';
  limit: number;
  /** A FAILED result becomes WARNING, whatever the task's own `allowFailure` says. */
  soften?: boolean;
  /** The children share a directory, which a runner keeps for them (the task's `job`). */
  inWorkspace?: boolean;
}

/** Run a list once for each value; the tasks of one iteration in sequence, at most `limit` iterations at a time (0 = no limit). */
export interface Iterate extends PlanBase {
  kind: 'iterate';
  list: string;
  values: string[];
  limit: number;
  rounds?: Rounds;
}

/** Each round is a world of its own: its tasks see each other and what is around the loop, nothing outside sees them, and
 *  what the round gives is declared. */
export interface Rounds {
  /** Of a map: the key of each value. */
  keys?: string[];
  /** Rendered at the end of each round, with what its tasks see. */
  outputs: { id: string; type?: string; value: string }[];
  /** A failed round fails the loop; else the others go on. */
  transmitFailed: boolean;
}

/** Run a list until an expression is truthy. */
export interface Repeat extends PlanBase {
  kind: 'repeat';
  list: string;
  until: string;
  intervalMs: number;
  iterationsMax?: number;
  durationMsMax?: number;
  failOnMaxReached: boolean;
}

/** Succeed after a time. */
export interface Wait extends PlanBase {
  kind: 'wait';
  ms: number;
}

/** Wait for a person, or for a time. The inputs that a resume must bring are defined by the task's `onResume`. */
export interface Pause extends PlanBase {
  kind: 'pause';
  /** Run in sequence once resumed, when the task has such a list. */
  list?: string;
  resumeAfterMs?: number;
  resumeAs: 'SUCCESS' | 'WARNING' | 'FAILED' | 'CANCELLED';
  timeoutMs?: number;
}

/** Start an execution of another flow. */
export interface StartFlow extends PlanBase {
  kind: 'start-flow';
  namespace: string;
  flowId: string;
  revision?: number;
  inputs: JsonObject;
  labels: Record<string, string>;
  /** Labels that are rendered for each of many executions. */
  unrenderedLabels?: Json;
  inheritLabels: boolean;
  wait: boolean;
  transmitFailed: boolean;
  scheduleAt?: number;
  /** A map to render in the child's context when the child declares no outputs. */
  legacyOutputs?: Json;
  restartBehavior: 'RETRY_FAILED' | 'NEW_EXECUTION';
}

/** Start an execution of another flow for each item, at most `limit` at a time (0 = no limit). Inputs and labels are rendered for
 *  each, with `taskrun.items` (the item) and `taskrun.iteration` (from 0). */
export interface StartFlows extends PlanBase {
  kind: 'start-flows';
  flow: StartFlow;
  items: string[];
  limit: number;
}

/** Nothing to run: end at once. */
export interface Settle extends PlanBase {
  kind: 'settle';
  state: 'SUCCESS' | 'WARNING' | 'FAILED';
  log?: { level: LogLevel; message: string };
}
