/** Reopening what is over: restart, replay, and changing a task run's state. Each rebuilds the frames from the task runs that
 *  are kept; the execution then goes on from there with its start timer. */
import { isTerminalState, type TerminalState } from '../protocol/states.ts';
import type { Flow, Task } from '../flow/flow.ts';
import { mergeLabels } from './attempts.ts';
import { stop } from './endings.ts';
import type { Execution, Frame, TaskRun } from './execution.ts';
import { placeOf } from './flow-index.ts';
import { Fold, moved } from './fold.ts';
import { release } from './pauses.ts';
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
  const failed = [...execution.taskRuns].filter(
    (run) => !run.removed && keepsOpen(fold, run) && !isHandler(fold, run) && wholeOf(fold, run.index) === run.index,
  );
  const parents = new Set(failed.map(({ parent }) => parent));
  return failed.filter(({ index }) => !parents.has(index)).map(({ index }) => index);
}

/** What is reopened in the place of a task run. */
export function reopenedWith(flow: Flow, execution: Execution, index: number): number {
  return wholeOf(new Fold(flow, execution, 0), index);
}

/** What runs again when this task run does: a workspace runs as a whole, for its directory is gone. */
function wholeOf(fold: Fold, index: number): number {
  const { parent } = fold.run(index);
  return parent !== undefined && fold.run(parent).workspace && inMainList(fold, fold.run(index)) ? parent : index;
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
  return tasksOf(fold, run.parent, mainFrame(fold, run.parent)).some(({ id }) => id === run.taskId);
}

export function restart(fold: Fold): void {
  // What has ended while the execution was paused as a whole counts first; that may be its end.
  if (fold.execution.held) {
    release(fold);
    if (fold.execution.ending || isTerminalState(fold.execution.state.current)) return;
  }
  const targets = restartTargets(fold.flow, fold.execution);
  const owners = ancestorsOf(fold, targets);
  removeHandlers(fold, owners);
  for (const index of targets) {
    forgetChildren(fold, index);
    fold.moveRun(index, 'RESTARTED');
    markFollowed(fold, index);
  }
  reopenOwners(fold, owners);
  fold.patch({
    attemptNumber: fold.execution.attemptNumber + 1,
    labels: mergeLabels(fold.execution.labels, [{ key: 'system.restarted', value: 'true' }]),
  });
  goOn(fold);
}

/** What follows goes on from there. A handler has nothing that follows. */
export function changeTaskRunState(fold: Fold, index: number, state: TerminalState): void {
  if (wholeOf(fold, index) !== index) return;
  const run = fold.run(index);
  const last = run.attempts.at(-1);
  fold.moveRun(index, state, {
    ...(last && { attempts: run.attempts.with(-1, { ...last, state: moved(last.state, state, fold.at) }) }),
  });
  if (isHandler(fold, run)) return;
  const owners = ancestorsOf(fold, [index]);
  removeHandlers(fold, owners);
  markFollowed(fold, index);
  reopenOwners(fold, owners);
  goOn(fold);
}

/** Why an execution cannot be replayed from this task run; undefined when it can. */
export function replayProblem(flow: Flow, execution: Execution, index: number): string | undefined {
  const fold = new Fold(flow, execution, 0);
  const run = fold.run(index);
  if (placeOf(flow, run.taskId) === undefined) return `The flow has no task '${run.taskId}' in this revision.`;
  return isHandler(fold, run)
    ? `The task '${run.taskId}' handles the end of other tasks: replay from one of those.`
    : undefined;
}

/** The part of a new execution that a replay from `index` takes over. The ids of its task runs follow from the new execution's id.
 *  What has not ended runs again too: its answers go to the execution that it belongs to. */
export function replayFrom(
  flow: Flow,
  execution: Execution,
  from: number,
  at: number,
): Pick<Execution, 'state' | 'taskRuns' | 'frame' | 'counts' | 'variables'> {
  const fold = new Fold(flow, { ...execution, timers: [] }, at);
  const index = wholeOf(fold, from);
  for (const open of openRuns(fold)) if (fold.run(open).workspace) forgetChildren(fold, open);
  for (let node: TaskRun | undefined = fold.run(index); node;) {
    removeSuccessors(fold, node);
    node = node.parent === undefined ? undefined : fold.run(node.parent);
  }
  forgetChildren(fold, index);
  const owners = [...ancestorsOf(fold, [index]), ...openRuns(fold).filter((run) => fold.run(run).frame)];
  removeHandlers(fold, owners);
  const leaves = openRuns(fold).filter((run) => !fold.run(run).frame);
  for (const target of new Set([index, ...leaves])) {
    const attempts = fold.run(target).attempts.filter(({ state }) => isTerminalState(state.current));
    fold.moveRun(target, 'RESTARTED', { attempts, child: undefined, children: undefined });
  }
  reopenOwners(fold, owners);
  fold.move('RESTARTED');
  const { state, taskRuns, frame, counts, variables } = fold.execution;
  return { state, taskRuns, frame, counts, variables };
}

function openRuns(fold: Fold): number[] {
  const open = [...fold.execution.taskRuns].filter((run) => !run.removed && !isTerminalState(run.state.current));
  return open.map(({ index }) => index);
}

/** Owners that go on with their main list have not failed, finished or ended any more: their handlers run again when they do. */
function removeHandlers(fold: Fold, owners: readonly number[]): void {
  const reopened = new Set<Owner>([undefined, ...owners]);
  const open = openRuns(fold);
  for (const run of fold.execution.taskRuns) {
    if (!run.removed && reopened.has(run.parent) && !inMainList(fold, run)) remove(fold, run.index);
  }
  for (const run of open.map((index) => fold.run(index))) if (run.removed && !run.frame) stop(fold, run);
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

function ancestorsOf(fold: Fold, indexes: number[]): number[] {
  return indexes.flatMap((index) => {
    const { parent } = fold.run(index);
    return parent === undefined ? [] : [parent, ...ancestorsOf(fold, [parent])];
  });
}

/** Innermost first, so that a frame sees its children as they now are; the flow's own frame comes last. */
function reopenOwners(fold: Fold, owners: number[]): void {
  for (const owner of [...new Set(owners)].sort((a, b) => b - a)) {
    fold.moveRun(owner, 'RUNNING');
    fold.setFrame(owner, rebuilt(fold, owner));
    markFollowed(fold, owner);
  }
  fold.patch({ frame: rebuilt(fold, undefined) });
}

/** Tasks after an allowed failure have run: they stay as they are. */
function markFollowed(fold: Fold, index: number): void {
  const run = fold.run(index);
  const { position } = fold.place(run);
  const isFollowed = childrenOf(fold, run.parent).some(
    (other) => other.iteration === run.iteration && fold.place(other).position > position,
  );
  fold.change(index, { followed: isFollowed || undefined });
}

function mainFrame(fold: Fold, owner: Owner): Frame {
  const frame = fold.frame(owner);
  return frame?.main ?? (frame && frame.phase !== 'afterExecution' ? frame : sequenceFrame('tasks', 'tasks'));
}

/** The main frame with counters that fit the task runs that are left. */
function rebuilt(fold: Fold, owner: Owner): Frame {
  const children = childrenOf(fold, owner);
  const ended = children.filter(({ state }) => isTerminalState(state.current));
  const main: Frame = { ...mainFrame(fold, owner), worst: 'SUCCESS' };
  const worst = ended.reduce<Frame['worst']>(
    (at, { state }) => worse({ ...main, worst: at }, state.current),
    'SUCCESS',
  );
  const frame: Frame = { ...main, worst };
  const started =
    frame.order === 'iterate'
      ? Math.max(0, ...children.map(({ iteration }) => (iteration ?? 0) + 1))
      : lastOfGroups(fold, owner, frame).length;
  return {
    ...frame,
    started,
    active: children.length - ended.length + followers(fold, owner, frame).length,
    ...(frame.dag && {
      dag: { begun: children.map(({ taskId }) => taskId), ended: ended.map(({ taskId }) => taskId) },
    }),
  };
}

/** What is to start because the last task run of its group has ended. */
function followers(fold: Fold, owner: Owner, frame: Frame): { after: TaskRun; task: Task }[] {
  if (frame.worst === 'FAILED' || frame.worst === 'KILLED') return [];
  return lastOfGroups(fold, owner, frame).flatMap((run) => {
    const task = isTerminalState(run.state.current) ? followerOf(fold, owner, frame, run) : undefined;
    return task ? [{ after: run, task }] : [];
  });
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

/** The next turn goes on, so that the answer to the request still shows what was reopened. */
function goOn(fold: Fold): void {
  fold.move('RESTARTED');
  const kept = fold.execution.timers.filter((timer) => 'taskRun' in timer);
  fold.patch({ timers: [...kept, { kind: 'start', at: fold.at }] });
}

/** Goes on after a reopening: opens what is RESTARTED, starts what follows an ended task run, then advances every open frame
 *  that did not go on by itself meanwhile. */
export function goOnFromTaskRuns(fold: Fold): void {
  const open = [...fold.execution.taskRuns].filter(isOpenOwner).map(({ index }) => index);
  const owners: Owner[] = [...open.reverse(), undefined];
  for (const owner of owners) openFrame(fold, owner);
  const frames = owners.map((owner) => fold.frame(owner));
  for (const [n, owner] of owners.entries()) if (fold.frame(owner) === frames[n]) advance(fold, owner);
}

function openFrame(fold: Fold, owner: Owner): void {
  const frame = fold.frame(owner);
  if (!frame) return;
  const next = followers(fold, owner, frame);
  for (const run of childrenOf(fold, owner)) if (run.state.current === 'RESTARTED') openAgain(fold, run);
  for (const { after, task } of next) spawn(fold, owner, task, { value: after.value, iteration: after.iteration });
}

function isOpenOwner(run: TaskRun): boolean {
  return !run.removed && run.frame !== undefined && !isTerminalState(run.state.current);
}
