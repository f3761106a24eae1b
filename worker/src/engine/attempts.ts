/** The life of one task run: whether it runs, its attempts, and what a failed attempt leads to. */
import { formatDuration, parseDuration } from '../protocol/duration.ts';
import type { Retry } from '../flow/flow.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { Become, Plan, StartFlow } from '../tasks/plan.ts';
import { liveChildren, oneEnded, oneRefused, oneStarted, startChildren } from './children.ts';
import { endEarly, retryAsNewExecution } from './endings.ts';
import type { Evaluation, ExecutionEvent, TaskFinished } from './event.ts';
import type { EndState, TaskRun } from './execution.ts';
import { type Fold, moved } from './fold.ts';
import { beginPlan, settle } from './frames.ts';
import { beginPause } from './pauses.ts';
import { nextAttemptAt, retryPolicy } from './retry.ts';
import {
  isInWorkspace,
  openWorkspace,
  workspaceEnded,
  workspaceLost,
  workspaceOf,
  workspaceStarted,
} from './workspaces.ts';

type Event<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: Type }>;

/** A new task run asks first when there is something to render, else it makes its first attempt at once. */
export function openTaskRun(fold: Fold, run: TaskRun): void {
  const task = fold.task(run);
  const asks = task.kind === 'structural' || task.runIf !== undefined || (task.timeout?.includes('{') ?? false);
  if (asks) fold.effects.push({ type: 'evaluate', taskRun: run.index });
  else beginAttempt(fold, run.index);
}

export function taskEvaluated(fold: Fold, index: number, outcome: Evaluation): void {
  if (isTerminalState(fold.run(index).state.current) || fold.run(index).frame) return;
  if ('failed' in outcome) return settle(fold, index, 'FAILED');
  if (!outcome.runs) return settle(fold, index, 'SKIPPED');
  const { timeoutMs, made } = outcome;
  if (timeoutMs !== undefined) fold.change(index, { timeoutMs });
  if (made) fold.change(index, { made });
  if (outcome.plan) carryOut(fold, index, outcome.plan);
  else beginAttempt(fold, index);
}

function carryOut(fold: Fold, index: number, plan: Exclude<Plan, Become>): void {
  switch (plan.kind) {
    case 'run':
      return plan.inWorkspace ? openWorkspace(fold, index, plan) : beginPlan(fold, index, plan);
    case 'iterate':
    case 'repeat':
      return beginPlan(fold, index, plan);
    case 'wait':
      fold.addTimer({ kind: 'wait', at: fold.at + plan.ms, taskRun: index });
      return startAttempt(fold, index);
    case 'pause':
      return beginPause(fold, index, plan);
    case 'start-flow':
      return startChild(fold, index, plan);
    case 'start-flows':
      return startChildren(fold, index, plan);
    case 'settle':
      if (plan.log) fold.log(plan.log.level, plan.log.message, index);
      if (plan.outputs) fold.change(index, { outputs: plan.outputs });
      fold.moveRun(index, 'RUNNING');
      return settle(fold, index, plan.state);
  }
}

/** Each attempt has a child of its own: what an earlier one still says is none of its business. */
function startChild(fold: Fold, index: number, plan: StartFlow): void {
  fold.change(index, { child: { plan } });
  startAttempt(fold, index);
  fold.effects.push({ type: 'start-child', taskRun: index, attempt: fold.run(index).attempts.length, plan });
}

/** A reopened task run makes a new attempt; one that called a flow goes on with the execution it called, if it says so. */
export function reopenAttempt(fold: Fold, index: number): void {
  const { child } = fold.run(index);
  if (child?.executionId === undefined || child.plan.restartBehavior !== 'RETRY_FAILED')
    return beginAttempt(fold, index);
  startAttempt(fold, index);
  const attempt = fold.run(index).attempts.length;
  fold.effects.push({ type: 'restart-child', taskRun: index, attempt, executionId: child.executionId });
}

/** The first attempt of a runnable task run, or a further one. */
export function beginAttempt(fold: Fold, index: number): void {
  const { child, children, workspace } = fold.run(index);
  if (child) return startChild(fold, index, child.plan);
  if (children) return startChildren(fold, index, children.plan);
  if (workspace) return openWorkspace(fold, index, workspace);
  startAttempt(fold, index);
  fold.effects.push({ type: 'run-task', taskRun: index, attempt: fold.run(index).attempts.length });
}

/** A runner's attempt is CREATED until a runner takes it; any other runs at once. */
export function startAttempt(fold: Fold, index: number): void {
  const run = fold.run(index);
  const created = { current: 'CREATED', histories: [{ state: 'CREATED', at: fold.at }] } as const;
  if (fold.task(run).kind === 'runner' || run.workspace) {
    fold.change(index, { attempts: [...run.attempts, { state: created }] });
    return;
  }
  fold.moveRun(index, 'RUNNING', { attempts: [...run.attempts, { state: moved(created, 'RUNNING', fold.at) }] });
  startTimeout(fold, index);
}

function startTimeout(fold: Fold, index: number): void {
  const run = fold.run(index);
  const timeoutMs = timeoutMsOf(fold, run);
  if (timeoutMs === undefined || fold.task(run).kind === 'inline') return;
  fold.addTimer({ kind: 'timeout', at: fold.at + timeoutMs, taskRun: index, attempt: run.attempts.length });
}

function timeoutMsOf(fold: Fold, run: TaskRun): number | undefined {
  const { timeout } = fold.task(run);
  return run.timeoutMs ?? (timeout === undefined ? undefined : parseDuration(timeout));
}

export function taskStarted(fold: Fold, event: Event<'task.started'>): void {
  const run = fold.run(event.taskRun);
  if (!isCurrentAttempt(run, event.attempt) || run.state.current === 'KILLING') return;
  fold.moveRun(event.taskRun, 'RUNNING', {
    attempts: withLast(run, (last) => ({
      ...last,
      state: moved(last.state, 'RUNNING', fold.at),
      workerId: event.workerId,
    })),
  });
  if (run.workspace) workspaceStarted(fold, run);
  else startTimeout(fold, event.taskRun);
}

/** An answer counts only for the newest attempt, and only once (I4). */
export function taskFinished(fold: Fold, event: Omit<TaskFinished, 'type' | 'at'>): void {
  const run = fold.run(event.taskRun);
  if (!isCurrentAttempt(run, event.attempt)) return;
  fold.dropTimers(run.index);
  const killing = run.state.current === 'KILLING';
  const state = killing && event.state === 'FAILED' ? 'KILLED' : event.state;
  if (run.workspace) return workspaceEnded(fold, run, { ...event, state });
  fold.change(run.index, {
    ...(event.outputs && { outputs: event.outputs }),
    attempts: withLast(run, (last) => ({ ...last, state: moved(last.state, state, fold.at) })),
  });
  if (event.labels) fold.patch({ labels: mergeLabels(fold.execution.labels, event.labels) });
  if (event.variables) fold.patch({ variables: { ...fold.execution.variables, ...event.variables } });
  if (event.exit && !isTerminalState(fold.execution.state.current)) return exit(fold, run, event.exit);
  const policy = killing || fold.execution.ending ? undefined : retryPolicy(fold.flow, fold.task(run));
  if (state === 'FAILED' && policy) return retryOrFail(fold, run.index, policy);
  const warns = state === 'SUCCESS' && policy?.warningOnRetry && run.attempts.length > 1;
  settle(fold, run.index, warns ? 'WARNING' : state);
}

/** The task run that ends the execution, and all around it, end in the same state; nothing follows them. */
function exit(fold: Fold, run: TaskRun, state: EndState): void {
  for (let at: TaskRun | undefined = run; at; at = at.parent === undefined ? undefined : fold.run(at.parent)) {
    fold.moveRun(at.index, state);
  }
  endEarly(fold, state);
}

function retryOrFail(fold: Fold, index: number, policy: Retry): void {
  const run = fold.run(index);
  const again = policy.behavior === 'CREATE_NEW_EXECUTION';
  const at = nextAttemptAt(policy, {
    count: again ? fold.execution.attemptNumber : run.attempts.length,
    firstAt: again ? fold.execution.originalCreatedAt : (run.attempts[0]?.state.histories[0]?.at ?? fold.at),
    now: fold.at,
    seed: `${fold.execution.id}:${index}`,
  });
  const over = isTerminalState(fold.execution.state.current);
  if (at === undefined || (again && over)) return settle(fold, index, 'FAILED');
  if (again) return retryAsNewExecution(fold, index, at);
  fold.moveRun(index, 'FAILED');
  fold.moveRun(index, 'RETRYING');
  fold.addTimer({ kind: 'retry', at, taskRun: index, attempt: run.attempts.length });
}

/** The runner is gone: the attempt is over without an answer, and is made again when the task allows it. */
export function taskLost(fold: Fold, event: Event<'task.lost'>): void {
  const silent = fold.run(event.taskRun);
  if (!isCurrentAttempt(silent, event.attempt)) return;
  const run = workspaceOf(fold.execution, silent) ?? silent;
  const task = fold.task(run);
  const lost = run.attempts.filter(({ state }) => state.current === 'KILLED').length;
  const gone = withLast(run, (last) => ({ ...last, state: moved(last.state, 'KILLED', fold.at) }));
  const again =
    task.onRunnerLost === 'retry' &&
    task.delivery === 'atLeastOnce' &&
    lost < RUNNER_LOST_RETRIES_MAX &&
    !fold.execution.ending &&
    !isInWorkspace(fold, run);
  fold.log(again ? 'WARN' : 'ERROR', event.message, run.index);
  fold.dropTimers(run.index);
  if (run !== silent)
    fold.effects.push({ type: 'cancel-task', taskRun: run.index, attempt: run.attempts.length, reason: 'kill' });
  fold.change(run.index, { attempts: gone });
  if (run.workspace) return workspaceLost(fold, run, again);
  if (!again) return settle(fold, run.index, fold.execution.ending ? 'KILLED' : 'FAILED');
  fold.moveRun(run.index, 'RESUBMITTED');
  beginAttempt(fold, run.index);
}

export function timedOut(fold: Fold, index: number, attempt: number): void {
  const run = fold.run(index);
  if (!isCurrentAttempt(run, attempt)) return;
  fold.log('ERROR', `Timeout: the task did not end within ${formatDuration(timeoutMsOf(fold, run) ?? 0)}`, index);
  if (run.child || run.children) killChildren(fold, run);
  else if (fold.task(run).kind !== 'structural')
    fold.effects.push({ type: 'cancel-task', taskRun: index, attempt, reason: 'timeout' });
  taskFinished(fold, { taskRun: index, attempt, state: 'FAILED' });
}

export function childStarted(fold: Fold, event: Event<'child.started'>): void {
  const run = fold.run(event.taskRun);
  if (run.children && isCurrentAttempt(run, event.attempt)) return oneStarted(fold, run, run.children, event);
  if (!run.child || !isCurrentAttempt(run, event.attempt)) {
    return void fold.effects.push({ type: 'kill-child', taskRun: event.taskRun, executionId: event.executionId });
  }
  fold.change(run.index, {
    child: { ...run.child, executionId: event.executionId },
    outputs: { executionId: event.executionId },
  });
  if (!run.child.plan.wait) {
    return taskFinished(fold, { taskRun: run.index, attempt: event.attempt, state: 'SUCCESS' });
  }
  if (run.state.current === 'KILLING') {
    fold.effects.push({ type: 'kill-child', taskRun: run.index, executionId: event.executionId });
  }
}

/** Tells every execution that this task run has started, and that runs still, to stop. */
export function killChildren(fold: Fold, run: TaskRun): void {
  const live = run.children ? liveChildren(run.children) : run.child?.executionId ? [run.child.executionId] : [];
  for (const executionId of live) fold.effects.push({ type: 'kill-child', taskRun: run.index, executionId });
}

export function childRefused(fold: Fold, event: Event<'child.refused'>): void {
  const run = fold.run(event.taskRun);
  if (!isCurrentAttempt(run, event.attempt)) return;
  fold.log('ERROR', event.message, run.index);
  if (run.children) return oneRefused(fold, run, run.children, event);
  taskFinished(fold, { taskRun: run.index, attempt: event.attempt, state: 'FAILED' });
}

export function childEnded(fold: Fold, event: Event<'child.ended'>): void {
  const run = fold.run(event.taskRun);
  if (run.children) return oneEnded(fold, run, run.children, event);
  if (run.child?.executionId !== event.executionId || isTerminalState(run.state.current)) return;
  if (event.state === 'RETRIED') return;
  const state = run.child.plan.transmitFailed ? CHILD_OUTCOME[event.state] : 'SUCCESS';
  taskFinished(fold, {
    taskRun: run.index,
    attempt: run.attempts.length,
    state: state ?? 'SUCCESS',
    outputs: { executionId: event.executionId, state: event.state, ...(event.outputs && { outputs: event.outputs }) },
  });
}

const CHILD_OUTCOME: Partial<Record<string, TaskFinished['state']>> = {
  FAILED: 'FAILED',
  CANCELLED: 'FAILED',
  KILLED: 'KILLED',
  WARNING: 'WARNING',
};

export const RUNNER_LOST_RETRIES_MAX = 3;

/** Whether this attempt is the newest and has no answer yet. */
export function isCurrentAttempt(run: TaskRun, attempt: number): boolean {
  const last = run.attempts.at(-1);
  return (
    last !== undefined &&
    run.attempts.length === attempt &&
    !isTerminalState(last.state.current) &&
    !isTerminalState(run.state.current)
  );
}

export function withLast(
  run: TaskRun,
  change: (last: TaskRun['attempts'][number]) => TaskRun['attempts'][number],
): TaskRun['attempts'] {
  const last = run.attempts.at(-1);
  return last ? run.attempts.with(-1, change(last)) : run.attempts;
}

/** Later labels win over earlier ones with the same key. */
export function mergeLabels<L extends { key: string }>(labels: readonly L[], more: readonly L[]): L[] {
  const merged = new Map(labels.map((label) => [label.key, label]));
  for (const label of more) merged.set(label.key, label);
  return [...merged.values()];
}
