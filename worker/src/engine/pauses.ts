/** Waiting for a person: the Pause task, and an execution paused as a whole. */
import type { JsonObject } from '../protocol/json.ts';
import type { Pause } from '../tasks/plan.ts';
import { endEarly } from './endings.ts';
import { listOf } from './flow-index.ts';
import type { Fold } from './fold.ts';
import { advance, ended, sequenceFrame, settle } from './frames.ts';

export function beginPause(fold: Fold, index: number, plan: Pause): void {
  fold.moveRun(index, 'RUNNING');
  fold.moveRun(index, 'PAUSED', { pause: plan });
  if (plan.resumeAfterMs !== undefined)
    fold.addTimer({ kind: 'resume', at: fold.at + plan.resumeAfterMs, taskRun: index });
  // `timeout` is a property of every task; for a pause it bounds the waiting.
  const timeoutMs = plan.timeoutMs ?? fold.run(index).timeoutMs;
  if (timeoutMs !== undefined) fold.addTimer({ kind: 'pause-timeout', at: fold.at + timeoutMs, taskRun: index });
}

/** The pause's own time is over. */
export function pauseElapsed(fold: Fold, index: number): void {
  const { pause } = fold.run(index);
  if (pause?.resumeAs === 'CANCELLED') return endEarly(fold, 'CANCELLED');
  endPause(fold, index, pause?.resumeAs ?? 'SUCCESS', {});
}

export function pauseTimedOut(fold: Fold, index: number): void {
  fold.log('ERROR', 'The pause was not resumed within its timeout', index);
  endPause(fold, index, 'FAILED', {});
}

/** Resumes one paused task run, or all of them, or an execution paused as a whole. */
export function resume(fold: Fold, event: { taskRun?: number; inputs?: JsonObject; by?: string }): void {
  if (fold.execution.held) release(fold);
  for (const run of fold.execution.taskRuns) {
    if (run.removed || run.state.current !== 'PAUSED' || (event.taskRun ?? run.index) !== run.index) continue;
    endPause(fold, run.index, 'SUCCESS', {
      ...(event.inputs && { onResume: event.inputs }),
      resumed: { ...(event.by && { by: event.by }), on: new Date(fold.at).toISOString() },
    });
  }
}

function endPause(fold: Fold, index: number, state: 'SUCCESS' | 'WARNING' | 'FAILED', outputs: JsonObject): void {
  if (fold.run(index).state.current !== 'PAUSED') return;
  fold.dropTimers(index);
  fold.moveRun(index, 'RUNNING', { outputs });
  const { task, list } = { task: fold.task(fold.run(index)), list: fold.run(index).pause?.list };
  if (state !== 'SUCCESS' || list === undefined || listOf(fold.flow, task, list).length === 0)
    return settle(fold, index, state);
  fold.setFrame(index, sequenceFrame('tasks', list));
  advance(fold, index);
}

/** Nothing new starts; what runs may finish. */
export function hold(fold: Fold): void {
  fold.patch({ held: { ended: [], blocked: [] } });
  fold.move('PAUSED');
}

/** Goes on with what an execution paused as a whole has kept waiting. */
export function release(fold: Fold): void {
  const waiting = fold.execution.held;
  fold.patch({ held: undefined });
  fold.move('RUNNING');
  // A workspace that was lost meanwhile has begun again without them.
  const isThere = (index: number) => !fold.run(index).removed;
  for (const index of waiting?.ended ?? []) if (isThere(index)) ended(fold, index);
  for (const owner of waiting?.blocked ?? []) if (owner === null || isThere(owner)) advance(fold, owner ?? undefined);
}
