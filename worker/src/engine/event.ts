/** What can happen to an execution. Past tense; time comes in with the event. */
import type { Label } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { State, TerminalState } from '../protocol/states.ts';
import type { Become, Plan } from '../tasks/plan.ts';
import type { Execution, MadeTask, Timer, TriggerInfo } from './execution.ts';

interface At {
  at: number;
}

export type ExecutionEvent =
  | ExecutionCreated
  /** The flow's concurrency answered. */
  | (At & { type: 'slot.granted' })
  | (At & { type: 'slot.refused'; behavior: 'QUEUE' | 'CANCEL' | 'FAIL' })
  /** The answer to `evaluate`. */
  | (At & { type: 'task.evaluated'; taskRun: number; outcome: Evaluation })
  /** The answer to `evaluate-until`. */
  | (At & { type: 'loop.evaluated'; taskRun: number; iteration: number; outcome: 'done' | 'again' | 'failed' })
  /** The answer to `evaluate-round`; without outputs when they could not be rendered. */
  | (At & { type: 'round.evaluated'; taskRun: number; round: number; outputs?: JsonObject })
  /** A runner took the attempt. */
  | (At & { type: 'task.started'; taskRun: number; attempt: number; workerId?: string })
  | TaskFinished
  /** The runner was lost: this attempt will never answer. */
  | (At & { type: 'task.lost'; taskRun: number; attempt: number; message: string })
  | (At & { type: 'child.started'; taskRun: number; attempt: number; item?: number; executionId: ExecutionId })
  | (At & { type: 'child.refused'; taskRun: number; attempt: number; item?: number; message: string })
  | (At & { type: 'child.ended'; taskRun: number; executionId: ExecutionId; state: State; outputs?: JsonObject })
  /** The answer to `evaluate-assertions`: the service levels that are missed. */
  | (At & { type: 'assertions.evaluated'; missed: string[] })
  | (At & { type: 'timer.fired'; timer: Timer })
  /** The answer to `render-outputs`. */
  | (At & { type: 'outputs.rendered'; outputs?: JsonObject; error?: string })
  | (At & { type: 'execution.killed'; by?: string })
  | (At & { type: 'execution.paused' })
  | (At & { type: 'execution.resumed'; taskRun?: number; inputs?: JsonObject; by?: string })
  | (At & { type: 'execution.restarted'; flowRevision?: number })
  | (At & { type: 'execution.forced' })
  | (At & { type: 'task.state-changed'; taskRun: number; state: TerminalState })
  | (At & { type: 'execution.status-changed'; state: TerminalState })
  | (At & { type: 'labels.set'; labels: Label[] })
  /** The engine could not go on with this execution. */
  | (At & { type: 'execution.quarantined'; message: string });

/** Whether the task runs, with a structural task's plan; or that its expressions could not be rendered (the reason is in the log). */
export type Evaluation =
  | { runs: true; plan?: Exclude<Plan, Become>; made?: MadeTask; timeoutMs?: number }
  | { runs: false }
  | { failed: true };

export interface ExecutionCreated extends At {
  type: 'execution.created';
  id: ExecutionId;
  namespace: string;
  flowId: string;
  flowRevision: number;
  inputs: JsonObject;
  labels: Label[];
  trigger?: TriggerInfo;
  scheduleAt?: number;
  kind?: Execution['kind'];
  parentId?: ExecutionId;
  originalId?: ExecutionId;
  originalCreatedAt?: number;
  attemptNumber?: number;
  caller?: Execution['caller'];
  /** Set when a check of the flow failed with FAIL_EXECUTION: it is created and ends at once. */
  failed?: string;
  /** A replay from a task run: what it takes over from the execution that it replays (`replayFrom` makes it). */
  replay?: Pick<Execution, 'state' | 'taskRuns' | 'frame' | 'counts' | 'variables'>;
}

export interface TaskFinished extends At {
  type: 'task.finished';
  taskRun: number;
  /** From 1. */
  attempt: number;
  state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
  outputs?: JsonObject;
  /** What the task changed about its execution. */
  labels?: Label[];
  variables?: JsonObject;
  exit?: 'SUCCESS' | 'WARNING' | 'FAILED' | 'CANCELLED' | 'KILLED';
}
