/** The draft of one fold: the execution as it becomes, the effects and log lines that come out. Every change of a task run
 *  goes through `change`, so that the counters equal the facts (I3). */
import type { Flow, Task } from '../flow/flow.ts';
import { isTerminalState, type LogLevel, type State } from '../protocol/states.ts';
import { assert } from '../result.ts';
import type { Effect, LogLine, Step } from './effect.ts';
import type { Counts, Execution, Frame, StateHistory, TaskRun, Timer } from './execution.ts';
import { placeOf, taskOf, type TaskPlace } from './flow-index.ts';

export class Fold {
  readonly flow: Flow;
  readonly at: number;
  execution: Execution;
  readonly effects: Effect[] = [];
  readonly logs: LogLine[] = [];

  constructor(flow: Flow, execution: Execution, at: number) {
    this.flow = flow;
    this.execution = execution;
    this.at = at;
  }

  step(): Step {
    return { execution: this.execution, effects: this.effects, logs: this.logs };
  }

  run(index: number): TaskRun {
    const run = this.execution.taskRuns.at(index);
    assert(run, `task run ${index} exists`);
    return run;
  }

  place(run: TaskRun): TaskPlace {
    const place = placeOf(this.flow, run.taskId);
    assert(place, `the flow has a task ${run.taskId}`);
    return place;
  }

  task(run: TaskRun): Task {
    const task = taskOf(this.flow, run);
    assert(task, `the flow has a task ${run.taskId}`);
    return task;
  }

  patch(changes: Partial<Execution>): void {
    this.execution = { ...this.execution, ...changes };
  }

  /** Moves the execution; moving to where it is changes nothing. */
  move(state: State): void {
    if (this.execution.state.current !== state) this.patch({ state: moved(this.execution.state, state, this.at) });
  }

  add(run: Omit<TaskRun, 'index' | 'state' | 'attempts'>): TaskRun {
    const added: TaskRun = {
      ...run,
      index: this.execution.taskRuns.length,
      state: { current: 'CREATED', histories: [{ state: 'CREATED', at: this.at }] },
      attempts: [],
    };
    this.patch({
      taskRuns: this.execution.taskRuns.push(added),
      counts: recount(this.execution.counts, undefined, added),
    });
    return added;
  }

  change(index: number, changes: Partial<TaskRun>): TaskRun {
    const before = this.run(index);
    const after = { ...before, ...changes };
    this.patch({
      taskRuns: this.execution.taskRuns.set(index, after),
      counts: recount(this.execution.counts, before, after),
    });
    return after;
  }

  moveRun(index: number, state: State, changes: Partial<TaskRun> = {}): TaskRun {
    return this.change(index, { ...changes, state: moved(this.run(index).state, state, this.at) });
  }

  /** The frame of a structural task run, or the flow's own for `undefined`. */
  frame(owner: number | undefined): Frame | undefined {
    return owner === undefined ? this.execution.frame : this.run(owner).frame;
  }

  setFrame(owner: number | undefined, frame: Frame): void {
    if (owner === undefined) this.patch({ frame });
    else this.change(owner, { frame });
  }

  addTimer(timer: Timer): void {
    this.patch({ timers: [...this.execution.timers, timer] });
  }

  /** Drops the timers of a task run, or only those of one kind. */
  dropTimers(taskRun: number, kind?: Timer['kind']): void {
    const { timers } = this.execution;
    const kept = timers.filter(
      (t) => !('taskRun' in t && t.taskRun === taskRun && (kind === undefined || t.kind === kind)),
    );
    if (kept.length !== timers.length) this.patch({ timers: kept });
  }

  log(level: LogLevel, message: string, taskRun?: number): void {
    this.logs.push({ at: this.at, level, message, taskRun });
  }
}

/** A history with one more state; the same state again is no change. */
export function moved(history: StateHistory, state: State, at: number): StateHistory {
  if (history.current === state) return history;
  return { current: state, histories: [...history.histories, { state, at }] };
}

/** What a task run counts as (I3). */
function countedAs(run: TaskRun | undefined): keyof Counts | undefined {
  if (run === undefined || run.removed || isTerminalState(run.state.current)) return undefined;
  if (run.state.current === 'PAUSED') return 'paused';
  if (run.state.current === 'RETRYING') return 'retrying';
  return run.frame ? undefined : 'busy';
}

function recount(counts: Counts, before: TaskRun | undefined, after: TaskRun): Counts {
  const from = countedAs(before);
  const to = countedAs(after);
  if (from === to) return counts;
  return {
    ...counts,
    ...(from && { [from]: counts[from] - 1 }),
    ...(to && { [to]: counts[to] + 1 }),
  };
}

/** The counters as the facts say; `Fold` keeps them step by step, and this recount checks it (I3). */
export function countTaskRuns(runs: Iterable<TaskRun>): Counts {
  const counts = { busy: 0, paused: 0, retrying: 0 };
  for (const run of runs) {
    const kind = countedAs(run);
    if (kind) counts[kind]++;
  }
  return counts;
}
