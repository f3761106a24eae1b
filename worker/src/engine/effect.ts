/** What must happen next, as data. Imperative; the shell performs each once and settles it through an event. */
import type { ExecutionId } from '../ids.ts';
import type { WorkspaceEnd } from '../protocol/runner.ts';
import type { LogLevel } from '../protocol/states.ts';
import type { StartFlow } from '../tasks/plan.ts';
import type { Execution } from './execution.ts';

export type Effect =
  /** Inline: render `runIf` and, for a structural task, its properties; make its plan. */
  | { type: 'evaluate'; taskRun: number }
  /** Inline: is the loop's condition met? */
  | { type: 'evaluate-until'; taskRun: number; iteration: number }
  /** Inline: render what a round gives, as its task run `last` sees it. */
  | { type: 'evaluate-round'; taskRun: number; round: number; last: number }
  /** Inline: do the flow's service level assertions still hold? */
  | { type: 'evaluate-assertions' }
  /** Inline: render the flow's outputs. */
  | { type: 'render-outputs' }
  /** Inline, beside the object or on a runner: the task's kind says where. */
  | { type: 'run-task'; taskRun: number; attempt: number }
  /** The children of a workspace are over: the runner keeps what is to be kept, and answers. */
  | { type: 'close-workspace'; taskRun: number; attempt: number; end: WorkspaceEnd }
  | { type: 'cancel-task'; taskRun: number; attempt: number; reason: 'kill' | 'timeout' }
  /** With an `item`, its number and value: the plan's inputs and labels are then rendered with it. */
  | { type: 'start-child'; taskRun: number; attempt: number; plan: StartFlow; item?: { number: number; value: string } }
  | { type: 'restart-child'; taskRun: number; attempt: number; executionId: ExecutionId }
  | { type: 'kill-child'; taskRun: number; executionId: ExecutionId }
  /** Tell the execution that waits for this one how it ended. */
  | { type: 'tell-caller' }
  | { type: 'acquire-slot' }
  | { type: 'release-slot' }
  /** CREATE_NEW_EXECUTION: start the same flow again at this time, with the same inputs. */
  | { type: 'retry-execution'; at: number };

/** A line for the execution's log; the shell adds who and where. */
export interface LogLine {
  at: number;
  level: LogLevel;
  message: string;
  taskRun?: number;
  attempt?: number;
}

/** The answer of a fold. */
export interface Step {
  execution: Execution;
  effects: Effect[];
  logs: LogLine[];
}
