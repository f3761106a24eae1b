import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import type { ExecutionView, TaskRunView } from '../api/executions.ts';
import { ROWS_MAX } from '../ui/virtual-window.ts';
import Timeline from './timeline.svelte';

const T0 = '2026-11-20T10:00:00Z';
const T1 = '2026-11-20T10:00:05Z';
const taskRun = (id: string, more: Partial<TaskRunView> = {}): TaskRunView => ({
  id,
  taskId: id,
  state: {
    current: 'SUCCESS',
    histories: [
      { state: 'CREATED', date: T0 },
      { state: 'RUNNING', date: T0 },
      { state: 'SUCCESS', date: T1 },
    ],
    startDate: T0,
    endDate: T1,
  },
  ...more,
});
const execution = (taskRunList: TaskRunView[]): ExecutionView => ({
  id: 'KkNz',
  namespace: 'demo',
  flowId: 'hello',
  flowRevision: 1,
  state: { current: 'SUCCESS', histories: [], startDate: T0, endDate: T1 },
  taskRunList,
});
const names = () => screen.getAllByRole('treeitem').map((row) => row.textContent?.replace(/\s+/g, ' ').trim());

describe('the timeline', () => {
  test('says of each task run its state in words, its name and its time', () => {
    render(Timeline, { execution: execution([taskRun('greet')]), onselect: vi.fn() });
    expect(names()).toEqual(['Success greet 5.0 s']);
  });

  test('keeps few rows in the document however many there are', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => taskRun(`t${n}`));
    render(Timeline, { execution: execution(many), onselect: vi.fn() });
    expect(screen.getAllByRole('treeitem').length).toBeLessThanOrEqual(ROWS_MAX);
  });

  test('folds what a loop holds', async () => {
    const runs = [taskRun('loop'), taskRun('child', { parentTaskRunId: 'loop', value: 'eu' })];
    render(Timeline, { execution: execution(runs), onselect: vi.fn() });
    expect(screen.getAllByRole('treeitem')).toHaveLength(2);
    await fireEvent.click(screen.getByRole('button', { name: 'Fold' }));
    expect(screen.getAllByRole('treeitem')).toHaveLength(1);
    expect(screen.getByRole('treeitem').getAttribute('aria-expanded')).toBe('false');
  });

  test('is walked with the arrow keys', async () => {
    const onselect = vi.fn();
    render(Timeline, { execution: execution([taskRun('a'), taskRun('b')]), selected: 'a', onselect });
    await fireEvent.keyDown(screen.getByRole('tree'), { key: 'ArrowDown' });
    expect(onselect).toHaveBeenLastCalledWith('b');
    await fireEvent.keyDown(screen.getByRole('tree'), { key: 'Escape' });
    expect(onselect).toHaveBeenLastCalledWith(undefined);
  });

  test('shows what users wrote as text', () => {
    const { container } = render(Timeline, {
      execution: execution([taskRun('a', { value: '<img src=x onerror=alert(1)>' })]),
      onselect: vi.fn(),
    });
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
  });
});
