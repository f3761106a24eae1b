/** How an execution ends: by itself, early, or stopped from outside. Terminal is final (I1), kill is final (I6). */
import type { JsonObject } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import { isCurrentAttempt, killChildren, mergeLabels } from './attempts.ts';
import type { EndState, Frame, TaskRun } from './execution.ts';
import { listOf } from './flow-index.ts';
import type { Fold } from './fold.ts';
import { advance, sequenceFrame } from './frames.ts';

/** The flow's own frame has nothing left to run. */
export function endFlow(fold: Fold, frame: Frame): void {
  if (frame.phase === 'afterExecution') return fold.patch({ frame: undefined });
  const state = frame.worst;
  fold.patch({ ending: { state } });
  if (fold.flow.outputs.length > 0) fold.effects.push({ type: 'render-outputs' });
  else terminate(fold, state);
}

export function outputsRendered(fold: Fold, outcome: { outputs?: JsonObject; error?: string }): void {
  const { ending } = fold.execution;
  if (!ending) return;
  if (outcome.error === undefined) {
    fold.patch({ outputs: outcome.outputs });
    return terminate(fold, ending.state);
  }
  // A failed execution may lack what its outputs need; only a good one is spoilt by it.
  const spoils = ending.state === 'SUCCESS' || ending.state === 'WARNING';
  fold.log(spoils ? 'ERROR' : 'DEBUG', outcome.error);
  terminate(fold, spoils ? 'FAILED' : ending.state);
}

function terminate(fold: Fold, state: EndState): void {
  const { caller, ending } = fold.execution;
  fold.patch({ timers: [], ending: undefined, held: undefined, hasSlot: false });
  fold.move(state);
  // By id, so it is right for one that waits in the queue, and harmless for one that never asked.
  if (fold.flow.concurrency) fold.effects.push({ type: 'release-slot' });
  if (ending?.retryAt !== undefined) fold.effects.push({ type: 'retry-execution', at: ending.retryAt });
  if (caller) fold.effects.push({ type: 'tell-caller' });
  const after = state !== 'RETRIED' && listOf(fold.flow, undefined, 'afterExecution').length > 0;
  fold.patch({ frame: after ? sequenceFrame('afterExecution', 'afterExecution') : undefined });
  if (after) advance(fold, undefined);
}

/** Ends the execution in `state` as soon as what runs outside has stopped. Its own afterExecution cannot end it again. */
export function endEarly(fold: Fold, state: EndState, retryAt?: number): void {
  if (isTerminalState(fold.execution.state.current)) return;
  fold.patch({ ending: { state, ...(retryAt !== undefined && { retryAt }) }, held: undefined });
  if (state === 'KILLED') fold.move('KILLING');
  for (const run of fold.execution.taskRuns) {
    if (run.removed || isTerminalState(run.state.current)) continue;
    if (!run.frame) stop(fold, run);
    else if (run.workspace) cancelWorkspace(fold, run);
  }
  endStopped(fold);
}

/** Stops a task run that is not over: at once, or when what runs outside has stopped. */
export function stop(fold: Fold, run: TaskRun): void {
  const attempt = run.attempts.length;
  const { kind } = fold.task(run);
  fold.dropTimers(run.index);
  const runs = run.child || run.children || run.workspace || kind === 'edge' || kind === 'runner';
  const outside = runs && isCurrentAttempt(run, attempt);
  if (!outside) return void fold.moveRun(run.index, 'KILLED');
  fold.moveRun(run.index, 'KILLING');
  if (run.child || run.children) killChildren(fold, run);
  else fold.effects.push({ type: 'cancel-task', taskRun: run.index, attempt, reason: 'kill' });
}

/** Its children are stopped as others are; nobody waits for the directory itself. */
function cancelWorkspace(fold: Fold, run: TaskRun): void {
  const attempt = run.attempts.length;
  if (isCurrentAttempt(run, attempt))
    fold.effects.push({ type: 'cancel-task', taskRun: run.index, attempt, reason: 'kill' });
}

/** Goes on with an early end once nothing is busy any more. */
export function endStopped(fold: Fold): void {
  const { ending, counts, taskRuns } = fold.execution;
  if (!ending || counts.busy > 0) return;
  const open = ending.state === 'RETRIED' ? 'RETRIED' : 'KILLED';
  for (const run of taskRuns) {
    if (!run.removed && !isTerminalState(run.state.current)) fold.moveRun(run.index, open);
  }
  terminate(fold, ending.state);
}

/** CREATE_NEW_EXECUTION: this execution is over, another one tries again at `at`. */
export function retryAsNewExecution(fold: Fold, index: number, at: number): void {
  fold.moveRun(index, 'FAILED');
  for (
    let run: TaskRun | undefined = fold.run(index);
    run;
    run = run.parent === undefined ? undefined : fold.run(run.parent)
  ) {
    fold.moveRun(run.index, 'RETRIED');
  }
  endEarly(fold, 'RETRIED', at);
}

/** Of several missed service levels only the first acts. */
export function assertionsEvaluated(fold: Fold, missed: string[]): void {
  const [first, ...others] = missed;
  for (const id of others) fold.log('WARN', `SLA '${id}' is violated as well`);
  if (first !== undefined && !fold.execution.ending) slaMissed(fold, first);
}

/** A service level was missed. */
export function slaMissed(fold: Fold, id: string): void {
  const sla = fold.flow.sla.find((candidate) => candidate.id === id);
  if (!sla) return;
  fold.log(
    sla.behavior === 'NONE' ? 'WARN' : 'ERROR',
    `SLA '${id}' is violated: the execution does what it says (${sla.behavior})`,
  );
  if (sla.labels.length > 0) fold.patch({ labels: mergeLabels(fold.execution.labels, sla.labels) });
  if (sla.behavior === 'FAIL') endEarly(fold, 'FAILED');
  if (sla.behavior === 'CANCEL') endEarly(fold, 'CANCELLED');
}

/** The engine cannot go on: everything outside is told to stop, nothing is waited for. */
export function quarantine(fold: Fold, message: string): void {
  fold.log('ERROR', message);
  endEarly(fold, 'FAILED');
  if (fold.execution.state.current === 'FAILED') return;
  for (const run of fold.execution.taskRuns) {
    if (!run.removed && !isTerminalState(run.state.current)) fold.moveRun(run.index, 'KILLED');
  }
  endStopped(fold);
}
