/** Why an execution failed, in a few words: the task runs where it began, each with the last error it logged. */
import type { TaskRunView } from '../api/executions.ts';
import type { LogEntry } from '../api/logs.ts';
import { plainText } from './log-lines.ts';

export interface Failure {
  taskRunId: string;
  taskId: string;
  value?: string;
  /** The first line of its last error. */
  message?: string;
}

/** A task that failed only because a child of it did says nothing new. */
export function failuresOf(taskRuns: readonly TaskRunView[], logs: readonly LogEntry[]): Failure[] {
  const failed = taskRuns.filter(({ state }) => state.current === 'FAILED');
  if (failed.length === 0) return [];
  const blamed = new Set(failed.map(({ parentTaskRunId }) => parentTaskRunId));
  const messages = new Map<string, string>();
  for (const { level, taskRunId, message } of logs) {
    if (level === 'ERROR' && taskRunId !== undefined) messages.set(taskRunId, message);
  }
  return failed
    .filter(({ id }) => !blamed.has(id))
    .map(({ id, taskId, value }) => ({ taskRunId: id, taskId, value, message: firstLine(messages.get(id)) }));
}

function firstLine(message: string | undefined): string | undefined {
  return message === undefined ? undefined : plainText(message).split('\n')[0];
}
