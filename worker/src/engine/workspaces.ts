/** Task runs whose children share a directory on one runner. Such a task run is a job itself: while a runner has that job the
 *  directory is there, and the children run as in a Sequential.
 *   W1. Its tasks begin when a runner has it, and it is closed when they are over, before handlers run.
 *   W2. A directory is lost as a whole, and so begins again as a whole: with its job, with the job of a child, or by a restart. */
import { isTerminalState } from '../protocol/states.ts';
import type { RunList } from '../tasks/plan.ts';
import { isCurrentAttempt, killChildren, startAttempt, withLast } from './attempts.ts';
import type { TaskFinished } from './event.ts';
import type { Execution, TaskRun } from './execution.ts';
import { type Fold, moved } from './fold.ts';
import { advance, beginPlan, planFrame, removeDescendants, settle, worse } from './frames.ts';

export function openWorkspace(fold: Fold, index: number, plan: RunList): void {
  fold.change(index, { workspace: plan, frame: undefined });
  startAttempt(fold, index);
  fold.effects.push({ type: 'run-task', taskRun: index, attempt: fold.run(index).attempts.length });
}

export function workspaceStarted(fold: Fold, { index, workspace, frame }: TaskRun): void {
  if (workspace && !frame) beginPlan(fold, index, workspace);
}

/** Asks for what is to be kept; false when there is no directory any more. */
export function closeWorkspace(fold: Fold, index: number): boolean {
  const run = fold.run(index);
  const attempt = run.attempts.length;
  if (!run.workspace || !isCurrentAttempt(run, attempt)) return false;
  const failed = run.frame?.worst === 'FAILED' || run.frame?.worst === 'KILLED';
  fold.effects.push({ type: 'close-workspace', taskRun: index, attempt, end: failed ? 'FAILED' : 'SUCCESS' });
  return true;
}

/** The job is over: closed, or it could not go on. Then a child that still runs ends by itself. */
export function workspaceEnded(fold: Fold, run: TaskRun, { state, outputs }: Omit<TaskFinished, 'type' | 'at'>): void {
  const { index } = run;
  fold.change(index, {
    attempts: withLast(run, (last) => ({ ...last, state: moved(last.state, state, fold.at) })),
    ...(outputs && { outputs: { ...run.outputs, ...outputs } }),
  });
  if (fold.execution.ending || (!run.frame && state === 'KILLED')) return settle(fold, index, state);
  goOn(fold, index, state);
}

/** The job, or that of a child, will never answer. `again`: another runner may try. */
export function workspaceLost(fold: Fold, run: TaskRun, again: boolean): void {
  const { index, workspace } = run;
  stopChildren(fold, index);
  if (again && workspace) {
    removeDescendants(fold, index);
    fold.moveRun(index, 'RESUBMITTED');
    return openWorkspace(fold, index, workspace);
  }
  if (fold.execution.ending) return settle(fold, index, 'KILLED');
  const { frame } = fold.run(index);
  if (frame) fold.setFrame(index, { ...frame, active: 0 });
  goOn(fold, index, 'FAILED');
}

/** The task run in whose directory this one runs, while that is there. */
export function workspaceOf(execution: Execution, { parent }: TaskRun): TaskRun | undefined {
  const around = parent === undefined ? undefined : execution.taskRuns.at(parent);
  return around?.workspace && isCurrentAttempt(around, around.attempts.length) ? around : undefined;
}

/** Whether it is one of the tasks of a workspace, there or gone; handlers are not. */
export function isInWorkspace(fold: Fold, { parent }: TaskRun): boolean {
  if (parent === undefined) return false;
  const { workspace, frame } = fold.run(parent);
  return workspace !== undefined && (frame === undefined || frame.phase === 'tasks');
}

function goOn(fold: Fold, index: number, state: TaskFinished['state']): void {
  const { frame, workspace } = fold.run(index);
  if (!workspace) return;
  const counted = frame ?? planFrame(fold, index, workspace);
  fold.moveRun(index, 'RUNNING', { frame: { ...counted, worst: worse(counted, state) } });
  if (counted.active === 0) advance(fold, index);
}

/** What runs outside is told to stop; nothing is waited for. */
function stopChildren(fold: Fold, index: number): void {
  for (const run of fold.execution.taskRuns) {
    if (run.parent !== index || run.removed || isTerminalState(run.state.current)) continue;
    if (run.child || run.children) killChildren(fold, run);
    else if (isCurrentAttempt(run, run.attempts.length))
      fold.effects.push({ type: 'cancel-task', taskRun: run.index, attempt: run.attempts.length, reason: 'kill' });
    fold.dropTimers(run.index);
    fold.moveRun(run.index, 'KILLED', {
      attempts: withLast(run, (last) =>
        isTerminalState(last.state.current) ? last : { ...last, state: moved(last.state, 'KILLED', fold.at) },
      ),
    });
  }
}
