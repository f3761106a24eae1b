/** How the children of a structural task run (or of the flow itself) follow each other. A frame runs groups; the tasks of a
 *  group run in sequence. Each ended child costs the same, however many there are. */
import type { Task } from '../flow/flow.ts';
import type { State } from '../protocol/states.ts';
import { TASK_RUNS_PER_EXECUTION_MAX } from '../limits.ts';
import type { Iterate, Repeat, RunList } from '../tasks/plan.ts';
import { openTaskRun, reopenAttempt } from './attempts.ts';
import { endEarly, endFlow, endStopped } from './endings.ts';
import type { Execution, Frame, Phase, TaskRun } from './execution.ts';
import { listOf, placeOf } from './flow-index.ts';
import type { Fold } from './fold.ts';
import { evaluateRound, givesOutputs, showRounds } from './rounds.ts';
import { closeWorkspace } from './workspaces.ts';

/** The index of a structural task run, or undefined for the flow itself. */
export type Owner = number | undefined;

export function sequenceFrame(phase: Phase, list: string, worst: Frame['worst'] = 'SUCCESS', soften = false): Frame {
  return { phase, list, order: 'sequence', groups: 1, started: 0, active: 0, limit: 0, worst, soften };
}

/** Begins the main list of a structural task run as its plan says. */
export function beginPlan(fold: Fold, index: number, plan: RunList | Iterate | Repeat): void {
  const outputs = plan.kind === 'repeat' ? { ...plan.outputs, iterationCount: 1 } : plan.outputs;
  fold.moveRun(index, 'RUNNING', { frame: planFrame(fold, index, plan), ...(outputs && { outputs }) });
  advance(fold, index);
}

export function planFrame(fold: Fold, index: number, plan: RunList | Iterate | Repeat): Frame {
  const frame = sequenceFrame('tasks', plan.list);
  switch (plan.kind) {
    case 'repeat': {
      const { outputs, ...repeat } = plan;
      return { ...frame, repeat: { ...repeat, iteration: 1, startedAt: fold.at } };
    }
    case 'iterate':
      return {
        ...frame,
        ...{ order: 'iterate', groups: plan.values.length, limit: plan.limit, values: plan.values },
        ...(plan.rounds && { rounds: { ...plan.rounds, given: plan.values.map(() => null) } }),
      };
    case 'run': {
      const soften = plan.soften ?? false;
      if (plan.order === 'sequence') return { ...frame, soften };
      const groups = listOf(fold.flow, fold.task(fold.run(index)), plan.list).length;
      const dag = plan.order === 'dag' ? { dag: { begun: [], ended: [] } } : {};
      return { ...frame, order: plan.order, groups, limit: plan.limit, soften, ...dag };
    }
  }
}

/** Starts what may start; ends the phase when nothing is left. */
export function advance(fold: Fold, owner: Owner): void {
  for (;;) {
    const frame = fold.frame(owner);
    const { ending, held } = fold.execution;
    if (frame === undefined || ending) return;
    if (held) return block(fold, held, owner ?? null);
    const group = nextGroup(fold, owner, frame);
    if (group === undefined) {
      if (frame.active === 0) endPhase(fold, owner, frame);
      return;
    }
    startGroup(fold, owner, frame, group);
  }
}

/** Once for each frame: what it can do then, it does at its release. */
function block(fold: Fold, held: NonNullable<Execution['held']>, owner: number | null): void {
  if (!held.blocked.includes(owner)) fold.patch({ held: { ...held, blocked: [...held.blocked, owner] } });
}

function nextGroup(fold: Fold, owner: Owner, frame: Frame): number | undefined {
  if (hasFailed(frame) || frame.started >= frame.groups) return undefined;
  if (frame.limit > 0 && frame.active >= frame.limit) return undefined;
  if (!frame.dag) return frame.started;
  const { begun, ended } = frame.dag;
  const group = tasksOf(fold, owner, frame).findIndex(
    ({ id }) => !begun.includes(id) && dependencies(fold, owner, id).every((needed) => ended.includes(needed)),
  );
  return group < 0 ? undefined : group;
}

/** Disabled dependencies are absent, so nobody waits for them. */
function dependencies(fold: Fold, owner: Owner, id: string): string[] {
  const needed = owner === undefined ? undefined : fold.task(fold.run(owner)).dependsOn?.[id];
  return (needed ?? []).filter((other) => placeOf(fold.flow, other) !== undefined);
}

function startGroup(fold: Fold, owner: Owner, frame: Frame, group: number): void {
  const tasks = tasksOf(fold, owner, frame);
  const first = tasks[frame.order === 'parallel' || frame.order === 'dag' ? group : 0];
  fold.setFrame(owner, {
    ...frame,
    started: frame.started + 1,
    active: frame.active + (first ? 1 : 0),
    ...(frame.dag && first && { dag: { ...frame.dag, begun: [...frame.dag.begun, first.id] } }),
  });
  if (first === undefined) return;
  spawn(fold, owner, first, frame.order === 'iterate' ? { value: frame.values?.[group], iteration: group } : {});
}

export function spawn(fold: Fold, owner: Owner, task: Task, iteration: Pick<TaskRun, 'value' | 'iteration'>): void {
  if (fold.execution.taskRuns.length >= TASK_RUNS_PER_EXECUTION_MAX) {
    fold.log('ERROR', `The execution has reached its limit of ${TASK_RUNS_PER_EXECUTION_MAX} task runs`);
    return endEarly(fold, 'FAILED');
  }
  const run = fold.add({ taskId: task.id, ...(owner !== undefined && { parent: owner }), ...iteration });
  openTaskRun(fold, run);
}

/** Ends a task run in `state`, softened as its task allows, and goes on with what follows it. */
export function settle(fold: Fold, index: number, state: State): void {
  const task = fold.task(fold.run(index));
  fold.dropTimers(index);
  fold.moveRun(index, soften(state, task.allowFailure, task.allowWarning));
  ended(fold, index);
}

function soften(state: State, allowFailure: boolean, allowWarning: boolean): State {
  const failed = state === 'FAILED' && allowFailure ? 'WARNING' : state;
  return failed === 'WARNING' && allowWarning ? 'SUCCESS' : failed;
}

/** Opens a reopened task run once more: a structural one makes a new plan, another one a new attempt. */
export function openAgain(fold: Fold, run: TaskRun): void {
  if (fold.place(run).task.kind === 'structural' && !run.child)
    fold.effects.push({ type: 'evaluate', taskRun: run.index });
  else reopenAttempt(fold, run.index);
}

/** A child ended: counts its state, then starts what follows it in its group, or another group. */
export function ended(fold: Fold, index: number): void {
  const { held, ending } = fold.execution;
  if (ending) return endStopped(fold);
  if (held) return fold.patch({ held: { ...held, ended: [...held.ended, index] } });
  const run = fold.run(index);
  const owner = run.parent;
  const frame = fold.frame(owner);
  if (frame === undefined) return;
  const worst = worse(frame, run.state.current);
  const counted = { ...frame, worst };
  const next = stops(counted, run.state.current) ? undefined : followerOf(fold, owner, counted, run);
  if (next) {
    fold.setFrame(owner, counted);
    return spawn(fold, owner, next, { value: run.value, iteration: run.iteration });
  }
  if (owner !== undefined && givesOutputs(counted, run)) {
    fold.setFrame(owner, counted);
    return evaluateRound(fold, owner, run);
  }
  const dag = frame.dag && { dag: { ...frame.dag, ended: [...frame.dag.ended, run.taskId] } };
  fold.setFrame(owner, { ...counted, active: frame.active - 1, ...dag });
  advance(fold, owner);
}

/** The task that runs after `run` in its group. */
export function followerOf(fold: Fold, owner: Owner, frame: Frame, run: TaskRun): Task | undefined {
  if (frame.order === 'parallel' || frame.order === 'dag' || run.followed) return undefined;
  return tasksOf(fold, owner, frame)[fold.place(run).position + 1];
}

export function tasksOf(fold: Fold, owner: Owner, frame: Frame): readonly Task[] {
  return listOf(fold.flow, owner === undefined ? undefined : fold.task(fold.run(owner)), frame.list);
}

const SEVERITY = { SUCCESS: 0, WARNING: 1, FAILED: 2, KILLED: 3 } as const;

/** A handler's own outcome does not count: the failure that it handles does. After the end nothing counts at all. */
export function worse(frame: Frame, state: State): Frame['worst'] {
  if (frame.phase === 'errors' || frame.phase === 'afterExecution') return frame.worst;
  if (state !== 'WARNING' && state !== 'FAILED' && state !== 'KILLED') return frame.worst;
  if (frame.phase === 'tasks' && frame.rounds?.transmitFailed === false && state !== 'KILLED') return frame.worst;
  return SEVERITY[state] > SEVERITY[frame.worst] ? state : frame.worst;
}

/** Nothing follows a task in its own group. */
function stops(frame: Frame, state: State): boolean {
  return hasFailed(frame, state) || state === 'FAILED' || state === 'KILLED';
}

/** Nothing more is started in a frame whose running list has failed. */
function hasFailed(frame: Frame, last?: State): boolean {
  if (frame.phase === 'tasks') return frame.worst === 'FAILED' || frame.worst === 'KILLED';
  return last === 'FAILED' || last === 'KILLED';
}

function endPhase(fold: Fold, owner: Owner, frame: Frame): void {
  if (frame.phase === 'tasks' && frame.repeat && owner !== undefined && !hasFailed(frame)) {
    fold.effects.push({ type: 'evaluate-until', taskRun: owner, iteration: frame.repeat.iteration });
    return;
  }
  if (frame.phase === 'tasks' && owner !== undefined && closeWorkspace(fold, owner)) return;
  if (frame.phase === 'tasks' && owner !== undefined && frame.rounds) showRounds(fold, owner, frame);
  const next = nextPhase(fold, owner, frame);
  if (next) {
    fold.setFrame(owner, { ...sequenceFrame(next, next, frame.worst, frame.soften), main: frame.main ?? frame });
    return advance(fold, owner);
  }
  if (owner === undefined) return endFlow(fold, frame);
  settle(fold, owner, frame.soften && frame.worst === 'FAILED' ? 'WARNING' : frame.worst);
}

/** The answer to the question whether a loop is done. */
export function repeatEvaluated(
  fold: Fold,
  event: { taskRun: number; iteration: number; outcome: 'done' | 'again' | 'failed' },
): void {
  const { frame, state } = fold.run(event.taskRun);
  if (!frame?.repeat || frame.repeat.iteration !== event.iteration || state.current !== 'RUNNING') return;
  const { iterationsMax, durationMsMax, intervalMs, startedAt, failOnMaxReached } = frame.repeat;
  const { repeat, ...rest } = frame;
  const finish = (worst: Frame['worst']) => {
    fold.setFrame(event.taskRun, { ...rest, worst });
    advance(fold, event.taskRun);
  };
  if (event.outcome === 'failed') return finish('FAILED');
  if (event.outcome === 'done') return finish(frame.worst);
  const next = fold.at + intervalMs;
  const exhausted =
    (iterationsMax !== undefined && event.iteration >= iterationsMax) ||
    (durationMsMax !== undefined && next > startedAt + durationMsMax);
  if (!exhausted) return fold.addTimer({ kind: 'repeat', at: next, taskRun: event.taskRun });
  fold.log('WARN', `The loop reached its maximum after ${event.iteration} iterations`, event.taskRun);
  finish(failOnMaxReached ? 'FAILED' : frame.worst);
}

/** Runs a loop's tasks once more; the task runs of the iteration before are shown no more. */
export function repeatAgain(fold: Fold, index: number): void {
  const { frame } = fold.run(index);
  if (!frame?.repeat) return;
  removeDescendants(fold, index);
  const repeat = { ...frame.repeat, iteration: frame.repeat.iteration + 1 };
  fold.change(index, {
    frame: { ...frame, started: 0, active: 0, repeat },
    outputs: { ...fold.run(index).outputs, iterationCount: repeat.iteration },
  });
  advance(fold, index);
}

export function removeDescendants(fold: Fold, index: number): void {
  for (const run of fold.execution.taskRuns) {
    if (run.parent !== index || run.removed) continue;
    removeDescendants(fold, run.index);
    fold.dropTimers(run.index);
    fold.change(run.index, { removed: true });
  }
}

function nextPhase(fold: Fold, owner: Owner, frame: Frame): Phase | undefined {
  const has = (phase: Phase) =>
    listOf(fold.flow, owner === undefined ? undefined : fold.task(fold.run(owner)), phase).length > 0;
  if (frame.phase === 'tasks' && frame.worst === 'FAILED' && has('errors')) return 'errors';
  if ((frame.phase === 'tasks' || frame.phase === 'errors') && has('finally')) return 'finally';
  return undefined;
}
