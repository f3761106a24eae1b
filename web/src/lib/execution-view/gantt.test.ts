import { describe, expect, test } from 'vitest';
import type { State } from '../../../../worker/src/protocol/states.ts';
import type { TaskRunView } from '../api/executions.ts';
import { barOf, ganttRows, spanOf, ticksOf, workTime } from './gantt.ts';

const T0 = Date.parse('2026-11-20T10:00:00Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

function taskRun(id: string, times: [State, number][], more: Partial<TaskRunView> = {}): TaskRunView {
  const histories = times.map(([state, seconds]) => ({ state, date: at(seconds) }));
  const last = histories.at(-1);
  return {
    id,
    taskId: id,
    state: { current: last?.state ?? 'CREATED', histories, startDate: histories[0]?.date ?? at(0) },
    ...more,
  };
}

const done = (id: string, more?: Partial<TaskRunView>) =>
  taskRun(
    id,
    [
      ['CREATED', 0],
      ['RUNNING', 1],
      ['SUCCESS', 4],
    ],
    more,
  );

describe('ganttRows', () => {
  test('puts children under their parent, one level deeper', () => {
    const rows = ganttRows([done('loop'), done('after'), done('child', { parentTaskRunId: 'loop' })], new Set());
    expect(rows.map(({ id, depth }) => [id, depth])).toEqual([
      ['loop', 0],
      ['child', 1],
      ['after', 0],
    ]);
  });

  test('leaves out what a folded row holds, and still counts it', () => {
    const rows = ganttRows([done('loop'), done('child', { parentTaskRunId: 'loop' })], new Set(['loop']));
    expect(rows).toMatchObject([{ id: 'loop', childCount: 1, folded: true }]);
  });

  test('shows a task run whose parent is unknown at the top', () => {
    expect(ganttRows([done('lost', { parentTaskRunId: 'nobody' })], new Set())).toMatchObject([
      { id: 'lost', depth: 0 },
    ]);
  });

  test('lays out ten thousand task runs in well under a second', () => {
    const many = [
      done('loop'),
      ...Array.from({ length: 10_000 }, (_, n) => done(`c${n}`, { parentTaskRunId: 'loop' })),
    ];
    const before = performance.now();
    expect(ganttRows(many, new Set())).toHaveLength(10_001);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('bars', () => {
  const span = { from: T0, to: T0 + 10_000 };
  const row = (taskRun: TaskRunView) => {
    const [first] = ganttRows([taskRun], new Set());
    if (!first) throw new Error('no row');
    return first;
  };

  test('tell waiting from working', () => {
    expect(barOf(row(done('a')), span, T0 + 10_000)).toEqual({ left: 0, wait: 10, work: 30 });
    expect(workTime(row(done('a')), T0 + 10_000)).toBe(3000);
  });

  test('grow with the clock while the task runs', () => {
    const running = row(
      taskRun('a', [
        ['CREATED', 2],
        ['RUNNING', 2],
      ]),
    );
    expect(barOf(running, span, T0 + 5000)).toEqual({ left: 20, wait: 0, work: 30 });
    expect(barOf(running, span, T0 + 6000)).toEqual({ left: 20, wait: 0, work: 40 });
  });

  test('of a task that has not begun are all waiting', () => {
    expect(barOf(row(taskRun('a', [['CREATED', 1]])), span, T0 + 3000)).toEqual({ left: 10, wait: 20, work: 0 });
  });

  test('never leave the span when the clocks differ', () => {
    const bar = barOf(
      row(
        taskRun('a', [
          ['CREATED', 9],
          ['RUNNING', 9],
        ]),
      ),
      span,
      T0 + 60_000,
    );
    expect(bar.left + bar.wait + bar.work).toBeLessThanOrEqual(100);
  });
});

describe('the axis', () => {
  test('reaches from the start to now, and to the last end if that is later', () => {
    const rows = ganttRows([done('a')], new Set());
    expect(spanOf(rows, T0, undefined, T0 + 9000)).toEqual({ from: T0, to: T0 + 9000 });
    expect(spanOf(rows, T0, T0 + 3000, T0 + 9000)).toEqual({ from: T0, to: T0 + 4000 });
  });

  test('has round marks, not too many', () => {
    expect(ticksOf({ from: T0, to: T0 + 9500 }, 6).map(({ text }) => text)).toEqual(['2 s', '4 s', '6 s', '8 s']);
    expect(ticksOf({ from: T0, to: T0 + 3 * 86_400_000 }, 6).length).toBeLessThanOrEqual(6);
  });

  test('of an execution that took no time at all has no marks', () => {
    expect(ticksOf(spanOf([], T0, T0, T0), 6)).toEqual([]);
  });
});
