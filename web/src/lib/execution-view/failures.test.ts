import { expect, test } from 'vitest';
import type { State } from '../../../../worker/src/protocol/states.ts';
import type { TaskRunView } from '../api/executions.ts';
import type { LogEntry } from '../api/logs.ts';
import { failuresOf } from './failures.ts';

const run = (id: string, current: State, parentTaskRunId?: string): TaskRunView => ({
  id,
  taskId: `task-${id}`,
  parentTaskRunId,
  state: { current, histories: [], startDate: '2026-11-20T10:00:00Z' },
});
const error = (taskRunId: string, message: string): LogEntry => ({
  timestamp: '2026-11-20T10:00:00Z',
  level: 'ERROR',
  taskRunId,
  message,
});

test('a failure is told where it began, with the first line of its last error', () => {
  const runs = [run('loop', 'FAILED'), run('child', 'FAILED', 'loop'), run('fine', 'SUCCESS', 'loop')];
  const logs = [error('child', 'first try'), error('child', '\u001b[31mno such table\u001b[0m\n  at line 3')];
  expect(failuresOf(runs, logs)).toEqual([{ taskRunId: 'child', taskId: 'task-child', message: 'no such table' }]);
});

test('a failure without a log line is told too', () => {
  expect(failuresOf([run('a', 'FAILED')], [])).toMatchObject([{ taskId: 'task-a', message: undefined }]);
});

test('an error that a task survived is no failure', () => {
  expect(failuresOf([run('a', 'SUCCESS')], [error('a', 'retried')])).toEqual([]);
});
