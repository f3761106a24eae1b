/** Stored lines as the API shows them, and what a reader may ask for. */
import type { Execution } from '../engine/execution.ts';
import { taskRunId } from '../ids.ts';
import { LOG_MESSAGE_CHARS_MAX } from '../limits.ts';
import type { JsonObject } from '../protocol/json.ts';
import { LOG_LEVELS } from '../protocol/states.ts';
import type { LogLevel } from '../protocol/states.ts';
import type { StoredLine, StoredMetric } from './journal.ts';

export interface LogQuery {
  minLevel?: LogLevel;
  taskId?: string;
  taskRunId?: string;
  /** From 0, as Kestra counts them here. */
  attempt?: number;
}

export function logEntry(execution: Execution, line: StoredLine): JsonObject {
  const { taskRun, attempt } = line;
  const run = taskRun === undefined ? undefined : execution.taskRuns.at(taskRun);
  return {
    namespace: execution.namespace,
    flowId: execution.flowId,
    ...(run && { taskId: run.taskId }),
    executionId: execution.id,
    ...(run && { taskRunId: taskRunId(execution.id, run.index) }),
    ...(attempt !== undefined && { attemptNumber: attempt - 1 }),
    timestamp: new Date(line.at).toISOString(),
    level: line.level,
    message: line.message,
    ...(execution.kind && { executionKind: execution.kind }),
  };
}

export function metricEntry(execution: Execution, { at, taskRun, name, type, value, tags }: StoredMetric): JsonObject {
  const run = execution.taskRuns.at(taskRun);
  return {
    namespace: execution.namespace,
    flowId: execution.flowId,
    ...(run && { taskId: run.taskId, taskRunId: taskRunId(execution.id, run.index) }),
    executionId: execution.id,
    type,
    name,
    value,
    timestamp: new Date(at).toISOString(),
    ...(tags && Object.keys(tags).length > 0 && { tags }),
  };
}

/** Whether a line is one of those asked for. */
export function isAsked(execution: Execution, line: StoredLine, query: LogQuery): boolean {
  if (query.minLevel !== undefined && rank(line.level) < rank(query.minLevel)) return false;
  if (query.attempt !== undefined && (line.attempt ?? 1) - 1 !== query.attempt) return false;
  if (query.taskId === undefined && query.taskRunId === undefined) return true;
  const run = line.taskRun === undefined ? undefined : execution.taskRuns.at(line.taskRun);
  if (run === undefined) return false;
  if (query.taskId !== undefined && run.taskId !== query.taskId) return false;
  return query.taskRunId === undefined || taskRunId(execution.id, run.index) === query.taskRunId;
}

/** A message that is too long becomes several lines; none is cut inside a character. */
export function splitLine(line: StoredLine): StoredLine[] {
  if (line.message.length <= LOG_MESSAGE_CHARS_MAX) return [line];
  const parts: StoredLine[] = [];
  for (let start = 0; start < line.message.length;) {
    let end = Math.min(start + LOG_MESSAGE_CHARS_MAX, line.message.length);
    if (/[\uD800-\uDBFF]/.test(line.message.charAt(end - 1)) && end < line.message.length) end--;
    parts.push({ ...line, message: line.message.slice(start, end) });
    start = end;
  }
  return parts;
}

function rank(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
