/** What a person may do to an execution: each action with the states it needs, as the event that the engine folds. */
import type { ExecutionEvent } from '../engine/event.ts';
import type { Execution } from '../engine/execution.ts';
import { reopenedWith, restartTargets } from '../engine/reopen.ts';
import type { ErrorData } from '../errors.ts';
import type { Flow, Label } from '../flow/flow.ts';
import { taskRunId, taskRunIndex } from '../ids.ts';
import type { JsonObject } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { State, TerminalState } from '../protocol/states.ts';
import { assertNever, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

export type Action =
  | { type: 'kill'; by?: string }
  | { type: 'pause' }
  | { type: 'resume'; inputs?: JsonObject; taskRunId?: string; by?: string }
  | { type: 'restart' }
  | { type: 'change-status'; state: TerminalState }
  | { type: 'change-task-run'; taskRunId: string; state: TerminalState }
  | { type: 'set-labels'; labels: Label[] }
  | { type: 'unqueue'; state: 'RUNNING' | 'CANCELLED' | 'FAILED' }
  | { type: 'force-run' };

export function eventOf(
  action: Action,
  flow: Flow,
  execution: Execution,
  at: number,
): Result<ExecutionEvent, ErrorData> {
  const { current } = execution.state;
  switch (action.type) {
    case 'kill':
      if (isTerminalState(current))
        return illegal(`The execution ${execution.id} has already ended (${current}); there is nothing to kill.`);
      return ok({ type: 'execution.killed', at, ...(action.by !== undefined && { by: action.by }) });
    case 'pause':
      if (current !== 'RUNNING') return wrongState(execution, 'paused', ['RUNNING']);
      return ok({ type: 'execution.paused', at });
    case 'resume':
      // Its afterExecution may wait for a person when it has long ended.
      if (current !== 'PAUSED' && !(isTerminalState(current) && execution.counts.paused > 0))
        return wrongState(execution, 'resumed', ['PAUSED']);
      return resume(action, execution, at);
    case 'restart':
      if (current === 'KILLED') return killed(execution);
      if (!isTerminalState(current) && current !== 'PAUSED')
        return wrongState(execution, 'restarted', ['FAILED', 'WARNING', 'PAUSED']);
      if (restartTargets(flow, execution).length === 0) {
        return fail({
          code: 'invalid_parameter',
          message: 'No task found to restart execution from!',
          retryable: false,
        });
      }
      return ok({ type: 'execution.restarted', at });
    case 'change-status':
      if (!isTerminalState(current))
        return illegal(
          `The execution ${execution.id} has not ended yet (${current}); only then its state can be changed.`,
        );
      return ok({ type: 'execution.status-changed', at, state: action.state });
    case 'change-task-run':
      if (!isTerminalState(current))
        return illegal(
          `The execution ${execution.id} has not ended yet (${current}); only then a task run can be changed.`,
        );
      if (current === 'KILLED') return killed(execution);
      return changeTaskRun(action, flow, execution, at);
    case 'set-labels':
      if (!isTerminalState(current))
        return illegal(
          `The execution ${execution.id} has not ended yet (${current}); only then its labels can be changed.`,
        );
      return ok({ type: 'labels.set', at, labels: action.labels });
    case 'unqueue':
      if (current !== 'QUEUED') return wrongState(execution, 'taken from its queue', ['QUEUED']);
      if (action.state === 'RUNNING') return ok({ type: 'execution.forced', at });
      return ok({ type: 'slot.refused', at, behavior: action.state === 'CANCELLED' ? 'CANCEL' : 'FAIL' });
    case 'force-run':
      if (isTerminalState(current))
        return illegal(`The execution ${execution.id} has already ended (${current}); restart or replay it instead.`);
      return ok({ type: 'execution.forced', at });
    default:
      return assertNever(action);
  }
}

/** The task run with this id; undefined when the execution has no such one. */
export function findTaskRun(execution: Execution, id: string) {
  const run = execution.taskRuns.at(taskRunIndex(id));
  return run && !run.removed && taskRunId(execution.id, run.index) === id ? run : undefined;
}

function resume(
  action: Extract<Action, { type: 'resume' }>,
  execution: Execution,
  at: number,
): Result<ExecutionEvent, ErrorData> {
  const run = action.taskRunId === undefined ? undefined : findTaskRun(execution, action.taskRunId);
  if (action.taskRunId !== undefined && run === undefined) return noTaskRun(execution, action.taskRunId);
  return ok({
    type: 'execution.resumed',
    at,
    ...(run && { taskRun: run.index }),
    ...(action.inputs && { inputs: action.inputs }),
    ...(action.by !== undefined && { by: action.by }),
  });
}

function changeTaskRun(
  action: Extract<Action, { type: 'change-task-run' }>,
  flow: Flow,
  execution: Execution,
  at: number,
): Result<ExecutionEvent, ErrorData> {
  const run = findTaskRun(execution, action.taskRunId);
  if (run === undefined) return noTaskRun(execution, action.taskRunId);
  if (!isTerminalState(run.state.current))
    return illegal(
      `The task run ${action.taskRunId} has not ended yet (${run.state.current}); only then it can be changed.`,
    );
  const whole = execution.taskRuns.at(reopenedWith(flow, execution, run.index));
  if (whole && whole.index !== run.index)
    return illegal(
      `The task run ${action.taskRunId} ran in the directory of '${whole.taskId}', which is gone: change the state of that one.`,
    );
  return ok({ type: 'task.state-changed', at, taskRun: run.index, state: action.state });
}

function noTaskRun(execution: Execution, id: string): Result<never, ErrorData> {
  return fail({ code: 'not_found', message: `The execution ${execution.id} has no task run ${id}.`, retryable: false });
}

function wrongState(execution: Execution, done: string, states: State[]): Result<never, ErrorData> {
  return illegal(
    `The execution ${execution.id} is ${execution.state.current}; it can be ${done} only while it is ${states.join(' or ')}.`,
  );
}

function killed({ id }: Execution): Result<never, ErrorData> {
  return illegal(`The execution ${id} was killed: kill is final. Replay it instead.`);
}

function illegal(message: string): Result<never, ErrorData> {
  return fail({ code: 'illegal_state', message, retryable: false });
}
