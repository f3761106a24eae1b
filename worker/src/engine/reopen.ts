/** Reopening what is over: restart, replay, and changing a task run's state. Each rebuilds the frames from the task runs that
 *  are kept; the execution then goes on from there with its start timer. */
import { isTerminalState, type TerminalState } from '../protocol/states.ts';
import type { Flow } from '../flow/flow.ts';
import { mergeLabels } from './attempts.ts';
import type { Execution, Frame, TaskRun } from './execution.ts';
import { Fold, moved } from './fold.ts';
import {
  advance,
  followerOf,
  openAgain,
  type Owner,
  removeDescendants,
  sequenceFrame,
  spawn,
  tasksOf,
  worse,
} from './frames.ts';

/** What a restart runs again: the failed and paused task runs that have no failed child themselves. A failure that was allowed
 *  is none: what followed it has run. */
export function restartTargets(flow: Flow, execution: Execution): number[] {
  const fold = new Fold(flow, execution, 0);
  const failed = [...execution.taskRuns].filter((run) => !run.removed && keepsOpen(fold, run) && !isHandler(fold, run));
  const parents = new Set(failed.map(({ parent }) => parent));
  return failed.filter(({ index }) => !parents.has(index)).map(({ index }) => index);
}

/** Failed or paused, and so is everything around it. */
function keepsOpen(fold: Fold, { state, parent }: TaskRun): boolean {
  if (state.current !== 'FAILED' && state.current !== 'PAUSED') return false;
  for (let at = parent; at !== undefined;) {
    const around = fold.run(at);
    if (isTerminalState(around.state.current) && around.state.current !== 'FAILED') return false;
    at = around.parent;
  }
  return true;
}

/** Inside `errors`, `finally` or `afterExecution`, at any depth. */
function isHandler(fold: Fold, run: TaskRun): boolean {
  for (let at: TaskRun | undefined = run; at; at = at.parent === undefined ? undefined : fold.run(at.parent)) {
    if (!inMainList(fold, at)) return true;
  }
  return false;
}

function inMainList(fold: Fold, run: TaskRun): boolean {
  const frame = fold.frame(run.parent);
  const list = frame ? (frame.main ?? frame).list : 'tasks';
  return mainTasks(fold, run.parent, list).some(({ id }) => id === run.taskId);
}

function mainTasks(fold: Fold, owner: Owner, list: string) {
  return tasksOf(fold, owner, sequenceFrame('tasks', list));
}

export function restart(fold: Fold): void {
  const targets = restartTargets(fold.flow, fold.execution);
  for (const run of fold.execution.taskRuns) {
    if (!run.removed && isHandler(fold, run)) remove(fold, run.index);
  }
  for (const index of targets) {
    forgetChildren(fold, index);
    fold.moveRun(index, 'RESTARTED');
  }
  reopenAncestors(fold, targets);
  fold.patch({
    attemptNumber: fold.execution.attemptNumber + 1,
    labels: mergeLabels(fold.execution.labels, [{ key: 'system.restarted', value: 'true' }]),
  });
  goOn(fold);
}

export function changeTaskRunState(fold: Fold, index: number, state: TerminalState): void {
  const run = fold.run(index);
  for (const other of fold.execution.taskRuns) {
    if (!other.removed && isHandler(fold, other)) remove(fold, other.index);
  }
  const last = run.attempts.at(-1);
  fold.moveRun(index, state, {
    ...(last && { attempts: run.attempts.with(-1, { ...last, state: moved(last.state, state, fold.at) }) }),
  });
  reopenAncestors(fold, [index]);
  goOn(fold);
}

/** The part of a new execution that a replay from `index` takes over. The ids of its task runs follow from the new execution's id. */
export function replayFrom(
  flow: Flow,
  execution: Execution,
  index: number,
  at: number,
): Pick<Execution, 'state' | 'taskRuns' | 'frame' | 'counts' | 'variables'> {
  const fold = new Fold(flow, { ...execution, timers: [] }, at);
  for (const run of execution.taskRuns) {
    if (!run.removed && isHandler(fold, run)) remove(fold, run.index);
  }
  for (let node: TaskRun | undefined = fold.run(index); node;) {
    removeSuccessors(fold, node);
    node = node.parent === undefined ? undefined : fold.run(node.parent);
  }
  forgetChildren(fold, index);
  fold.moveRun(index, 'RESTARTED');
  reopenAncestors(fold, [index]);
  fold.move('RESTARTED');
  const { state, taskRuns, frame, counts, variables } = fold.execution;
  return { state, taskRuns, frame, counts, variables };
}

/** Drops what came after a task run in its own frame. */
function removeSuccessors(fold: Fold, node: TaskRun): void {
  const frame = mainFrame(fold, node.parent);
  const later = new Set(frame.dag ? dependents(fold, node) : []);
  for (const run of fold.execution.taskRuns) {
    if (run.removed || run.parent !== node.parent || run.index === node.index) continue;
    const sameGroup = frame.order !== 'parallel' && frame.order !== 'dag' && run.iteration === node.iteration;
    const follows = sameGroup && fold.place(run).position > fold.place(node).position;
    const laterGroup = frame.order === 'iterate' && frame.limit === 1 && (run.iteration ?? 0) > (node.iteration ?? 0);
    if (follows || laterGroup || later.has(run.taskId)) remove(fold, run.index);
  }
}

function dependents(fold: Fold, node: TaskRun): string[] {
  const edges = node.parent === undefined ? {} : (fold.task(fold.run(node.parent)).dependsOn ?? {});
  const found = [node.taskId];
  for (let n = 0; n < found.length; n++) {
    for (const [id, needed] of Object.entries(edges)) {
      if (needed.includes(found[n] ?? '') && !found.includes(id)) found.push(id);
    }
  }
  return found.slice(1);
}

function remove(fold: Fold, index: number): void {
  removeDescendants(fold, index);
  fold.dropTimers(index);
  fold.change(index, { removed: true });
}

/** A structural task run that runs again makes a new plan. */
function forgetChildren(fold: Fold, index: number): void {
  removeDescendants(fold, index);
  if (fold.run(index).frame) fold.change(index, { frame: undefined });
}

function reopenAncestors(fold: Fold, indexes: number[]): void {
  const owners = new Set<number>();
  for (const index of indexes) {
    for (let { parent } = fold.run(index); parent !== undefined; { parent } = fold.run(parent)) owners.add(parent);
  }
  // Innermost first, so that a frame sees its children as they now are.
  for (const owner of [...owners].sort((a, b) => b - a)) {
    fold.moveRun(owner, 'RUNNING');
    fold.setFrame(owner, rebuilt(fold, owner));
  }
  fold.patch({ frame: rebuilt(fold, undefined) });
}

function mainFrame(fold: Fold, owner: Owner): Frame {
  const frame = fold.frame(owner);
  return frame?.main ?? (frame && frame.phase !== 'afterExecution' ? frame : sequenceFrame('tasks', 'tasks'));
}

/** The main frame with counters that fit the task runs that are left. */
function rebuilt(fold: Fold, owner: Owner): Frame {
  const frame: Frame = { ...mainFrame(fold, owner), worst: 'SUCCESS', active: 0 };
  const last = lastOfGroups(fold, owner, frame);
  const goesOn = (run: TaskRun) => !isTerminalState(run.state.current) || hasFollower(fold, owner, frame, run);
  const children = childrenOf(fold, owner);
  const worst = children
    .filter(({ state }) => isTerminalState(state.current))
    .reduce<Frame['worst']>((at, { state }) => worse({ ...frame, worst: at }, state.current), 'SUCCESS');
  const started =
    frame.order === 'iterate' ? Math.max(0, ...children.map(({ iteration }) => (iteration ?? 0) + 1)) : last.length;
  return {
    ...frame,
    worst,
    started,
    active: last.filter(goesOn).length,
    ...(frame.dag && {
      dag: {
        begun: children.map(({ taskId }) => taskId),
        ended: children.filter(({ state }) => isTerminalState(state.current)).map(({ taskId }) => taskId),
      },
    }),
  };
}

function childrenOf(fold: Fold, owner: Owner): TaskRun[] {
  return [...fold.execution.taskRuns].filter((run) => !run.removed && run.parent === owner);
}

/** The newest task run of each group that was started. */
function lastOfGroups(fold: Fold, owner: Owner, frame: Frame): TaskRun[] {
  const last = new Map<number, TaskRun>();
  for (const run of childrenOf(fold, owner)) {
    const group =
      frame.order === 'iterate' ? (run.iteration ?? 0) : frame.order === 'sequence' ? 0 : fold.place(run).position;
    last.set(group, run);
  }
  return [...last.values()];
}

function hasFollower(fold: Fold, owner: Owner, frame: Frame, run: TaskRun): boolean {
  const failed = run.state.current === 'FAILED' || run.state.current === 'KILLED';
  return !failed && followerOf(fold, owner, frame, run) !== undefined;
}

/** The next turn goes on, so that the answer to the request still shows what was reopened. */
function goOn(fold: Fold): void {
  fold.move('RESTARTED');
  fold.patch({ timers: [{ kind: 'start', at: fold.at }] });
}

/** Goes on after a reopening: opens what is RESTARTED, starts what follows an ended task run, and advances every open frame. */
export function goOnFromTaskRuns(fold: Fold): void {
  const owners: Owner[] = [undefined, ...[...fold.execution.taskRuns].filter(isOpenOwner).map(({ index }) => index)];
  for (const owner of owners.reverse()) {
    const frame = fold.frame(owner);
    if (!frame) continue;
    for (const run of lastOfGroups(fold, owner, frame)) {
      if (run.state.current === 'RESTARTED') openAgain(fold, run);
      else if (isTerminalState(run.state.current) && frame.worst !== 'FAILED' && hasFollower(fold, owner, frame, run)) {
        const next = followerOf(fold, owner, frame, run);
        if (next) spawn(fold, owner, next, { value: run.value, iteration: run.iteration });
      }
    }
    advance(fold, owner);
  }
}

function isOpenOwner(run: TaskRun): boolean {
  return !run.removed && run.frame !== undefined && !isTerminalState(run.state.current);
}
