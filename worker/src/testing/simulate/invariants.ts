/** The promises of the engine, checked on facts alone after every step. */
import type { Effect } from '../../engine/effect.ts';
import type { Execution, TaskRun } from '../../engine/execution.ts';
import { countTaskRuns } from '../../engine/fold.ts';
import { isTerminalState } from '../../protocol/states.ts';

/** What is broken, or nothing. `pending`: effects that are outside and will be answered. */
export function brokenInvariants(
  before: Execution | null,
  after: Execution,
  effects: Effect[],
  pending: readonly Effect[],
): string[] {
  return [
    ...terminalIsFinal(before, after),
    ...somethingIsDue(after, pending),
    ...countersEqualFacts(after),
    ...killIsFinal(before, effects),
    ...oneState(after),
  ];
}

function terminalIsFinal(before: Execution | null, after: Execution): string[] {
  if (!before || !isTerminalState(before.state.current)) return [];
  const next = after.state.histories[before.state.histories.length]?.state;
  return next === undefined || next === 'RESTARTED' ? [] : [`I1: ${before.state.current} became ${next}`];
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

function killIsFinal(before: Execution | null, effects: Effect[]): string[] {
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
