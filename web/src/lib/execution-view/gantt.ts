/** The timeline's arithmetic: which rows there are, where their bars lie and how the axis is divided. */
import { isTerminalState, type State } from '../../../../worker/src/protocol/states.ts';
import type { TaskRunView } from '../api/executions.ts';
import { durationText } from '../time/duration.ts';

export interface GanttRow {
  id: string;
  taskId: string;
  /** What an iteration works on. */
  value?: string;
  depth: number;
  state: State;
  attempts: number;
  childCount: number;
  folded: boolean;
  created: number;
  /** When it first ran; absent while it waits. */
  started?: number;
  ended?: number;
}

/** Task runs in the order they were made, each followed by its children; those under a folded one are left out. */
export function ganttRows(taskRuns: readonly TaskRunView[], folded: ReadonlySet<string>): GanttRow[] {
  const known = new Set(taskRuns.map(({ id }) => id));
  const children = new Map<string | undefined, TaskRunView[]>();
  for (const taskRun of taskRuns) {
    const parent =
      taskRun.parentTaskRunId !== undefined && known.has(taskRun.parentTaskRunId) ? taskRun.parentTaskRunId : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(taskRun);
    else children.set(parent, [taskRun]);
  }
  const rows: GanttRow[] = [];
  const visit = (taskRun: TaskRunView, depth: number): void => {
    const own = children.get(taskRun.id) ?? [];
    const isFolded = folded.has(taskRun.id);
    rows.push(rowOf(taskRun, depth, own.length, isFolded));
    if (!isFolded) for (const child of own) visit(child, depth + 1);
  };
  for (const taskRun of children.get(undefined) ?? []) visit(taskRun, 0);
  return rows;
}

function rowOf(
  { id, taskId, value, state, attempts }: TaskRunView,
  depth: number,
  childCount: number,
  folded: boolean,
): GanttRow {
  const started = state.histories.find((entry) => entry.state === 'RUNNING')?.date;
  const last = state.histories.at(-1)?.date ?? state.startDate;
  return {
    id,
    taskId,
    value,
    depth,
    state: state.current,
    attempts: attempts?.length ?? 0,
    childCount,
    folded,
    created: Date.parse(state.startDate),
    started: started === undefined ? undefined : Date.parse(started),
    ended: isTerminalState(state.current) ? Date.parse(state.endDate ?? last) : undefined,
  };
}

/** The time that the timeline shows: from the execution's start to its end, or to now. */
export interface Span {
  from: number;
  to: number;
}

export function spanOf(rows: readonly GanttRow[], start: number, end: number | undefined, now: number): Span {
  let to = end ?? now;
  let from = start;
  for (const row of rows) {
    from = Math.min(from, row.created);
    if (row.ended !== undefined) to = Math.max(to, row.ended);
  }
  return { from, to: Math.max(to, from + 1) };
}

/** In percent of the span. The wait before the first run is drawn apart from the work. */
export interface Bar {
  left: number;
  wait: number;
  work: number;
}

export function barOf(row: GanttRow, { from, to }: Span, now: number): Bar {
  const percent = (ms: number): number => Math.max(0, Math.min(100, (ms / (to - from)) * 100));
  const end = row.ended ?? now;
  const started = row.started ?? end;
  const left = percent(row.created - from);
  const wait = percent(started - row.created);
  return { left, wait, work: Math.min(percent(end - started), 100 - left - wait) };
}

/** How long it has worked, or waited when it has not begun. */
export function workTime(row: GanttRow, now: number): number {
  return (row.ended ?? now) - (row.started ?? row.created);
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30].map((s) => s * 1000),
  [1, 2, 5, 10, 15, 30].map((min) => min * 60_000),
  [1, 2, 3, 6, 12].map((h) => h * 3_600_000),
  [1, 2, 7, 14, 30, 90].map((d) => d * 86_400_000),
);

export interface Tick {
  /** Percent of the span. */
  at: number;
  text: string;
}

/** At most `count` round marks after the start. */
export function ticksOf({ from, to }: Span, count: number): Tick[] {
  const length = to - from;
  const step = STEPS.find((candidate) => length / candidate <= count) ?? length;
  const ticks: Tick[] = [];
  for (let ms = step; ms < length; ms += step) ticks.push({ at: (ms / length) * 100, text: tickText(ms) });
  return ticks;
}

/** Whole figures are written without a fraction: `2 s`, not `2.0 s`. */
function tickText(ms: number): string {
  return durationText(ms).replace('.0 ', ' ');
}
