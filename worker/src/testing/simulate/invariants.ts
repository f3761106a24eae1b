/** The promises of the engine, checked on facts alone after every step. */
import type { Effect } from '../../engine/effect.ts';
import type { ExecutionEvent } from '../../engine/event.ts';
import type { Execution, TaskRun } from '../../engine/execution.ts';
import { countTaskRuns } from '../../engine/fold.ts';
import { isTerminalState } from '../../protocol/states.ts';

export interface Happening {
  before: Execution | null;
  after: Execution;
  /** Absent when a turn that was cut short went on. */
  event?: ExecutionEvent;
  /** What came out for the outside. */
  effects: readonly Effect[];
  /** Effects that are outside and will be answered, those that came out included. */
  pending: readonly Effect[];
}

/** What is broken, or nothing. */
export function brokenInvariants({ before, after, event, effects, pending }: Happening): string[] {
  return [
    ...terminalIsFinal(before, after, event),
    ...somethingIsDue(after, pending),
    ...countersEqualFacts(after),
    ...oneState(after),
    ...endedAttemptsAreFinal(before, after, event),
    ...startedOnce(before, after, event),
    ...killIsFinal(before, effects),
    ...noTimerIsEarly(before, after, event),
    ...keepsItsRevision(before, after, event),
  ];
}

function terminalIsFinal(before: Execution | null, after: Execution, event: ExecutionEvent | undefined): string[] {
  if (!before || !isTerminalState(before.state.current) || event?.type === 'execution.status-changed') return [];
  const next = after.state.histories[before.state.histories.length]?.state;
  return next === undefined || next === 'RESTARTED' ? [] : [`I1: ${before.state.current} became ${next}`];
}

/** Only a person changes what has ended. */
function endedAttemptsAreFinal(
  before: Execution | null,
  after: Execution,
  event: ExecutionEvent | undefined,
): string[] {
  if (!before || event?.type === 'task.state-changed') return [];
  return [...before.taskRuns].flatMap((run) =>
    run.attempts.flatMap(({ state }, n) => {
      const now = after.taskRuns.at(run.index)?.attempts[n]?.state.current;
      return isTerminalState(state.current) && now !== state.current
        ? [`I4: attempt ${n + 1} of task run ${run.index} was ${state.current} and became ${now ?? 'nothing'}`]
        : [];
    }),
  );
}

function startedOnce(before: Execution | null, after: Execution, event: ExecutionEvent | undefined): string[] {
  if (!before || event?.type !== 'execution.created' || before.timers.some(({ at }) => at <= event.at)) return [];
  return before !== after ? ['I5: a repeated start ran something'] : [];
}

function noTimerIsEarly(before: Execution | null, after: Execution, event: ExecutionEvent | undefined): string[] {
  if (!before || event?.type !== 'timer.fired' || before.timers.some(({ at }) => at <= event.at)) return [];
  return event.timer.at > event.at && before !== after
    ? [`I7: the timer ${event.timer.kind} counted ${event.timer.at - event.at} ms early`]
    : [];
}

function keepsItsRevision(before: Execution | null, after: Execution, event: ExecutionEvent | undefined): string[] {
  return before && before.flowRevision !== after.flowRevision && event?.type !== 'execution.restarted'
    ? [`I10: revision ${before.flowRevision} became ${after.flowRevision}`]
    : [];
}

function somethingIsDue(execution: Execution, pending: readonly Effect[]): string[] {
  const over = isTerminalState(execution.state.current) && execution.frame === undefined;
  if (over) return [];
  const waitsForPerson =
    execution.counts.paused > 0 || execution.held !== undefined || execution.state.current === 'QUEUED';
  if (pending.length > 0 || execution.timers.length > 0 || waitsForPerson) return [];
  return [`I2: ${execution.state.current}, but nothing is due`];
}

function countersEqualFacts(execution: Execution): string[] {
  const facts = JSON.stringify(countTaskRuns(execution.taskRuns));
  const counts = JSON.stringify(execution.counts);
  return facts === counts ? [] : [`I3: counts ${counts}, facts ${facts}`];
}

function killIsFinal(before: Execution | null, effects: readonly Effect[]): string[] {
  const killed = before?.state.current === 'KILLING';
  const started = effects.filter(({ type }) => type === 'run-task' || type === 'start-child');
  return killed && started.length > 0 && !before.frame?.phase.startsWith('after') && !isAfterExecution(started, before)
    ? [`I6: ${started.length} attempts started after the kill`]
    : [];
}

/** The turn in which a kill completes may start tasks of `afterExecution`: they are new task runs. */
function isAfterExecution(started: Effect[], before: Execution): boolean {
  return started.every((effect) => 'taskRun' in effect && effect.taskRun >= before.taskRuns.length);
}

function oneState(execution: Execution): string[] {
  return [...execution.taskRuns].flatMap((run) => [...attemptsEnd(run), ...nothingOpenAtTheEnd(execution, run)]);
}

function attemptsEnd(run: TaskRun): string[] {
  const open = run.attempts.slice(0, -1).filter(({ state }) => !isTerminalState(state.current));
  return open.length > 0 ? [`I4: task run ${run.index} (${run.taskId}) has ${open.length} earlier attempts open`] : [];
}

function nothingOpenAtTheEnd(execution: Execution, run: TaskRun): string[] {
  const over = isTerminalState(execution.state.current) && execution.frame === undefined;
  return over && !run.removed && !isTerminalState(run.state.current)
    ? [`I3: task run ${run.index} (${run.taskId}) is ${run.state.current} in an execution that is over`]
    : [];
}
