import type { LogLevel } from '../../../../worker/src/protocol/states.ts';
import { pathOf, request, urlOf } from './http.ts';

export interface LogEntry {
  timestamp: string;
  level: LogLevel;
  message: string;
  taskId?: string;
  taskRunId?: string;
  attemptNumber?: number;
  triggerId?: string;
}

export function getLogs(tenant: string, executionId: string): Promise<LogEntry[]> {
  return request(pathOf(tenant, 'logs', executionId), { query: { minLevel: 'TRACE' } });
}

export function followLogsUrl(tenant: string, executionId: string): string {
  return urlOf(pathOf(tenant, 'logs', executionId, 'follow'), { minLevel: 'TRACE' });
}

export function downloadLogsUrl(tenant: string, executionId: string): string {
  return urlOf(pathOf(tenant, 'logs', executionId, 'download'));
}
