import type { Json, JsonObject } from '../../../../worker/src/protocol/json.ts';
import type { State } from '../../../../worker/src/protocol/states.ts';
import { pathOf, request, urlOf } from './http.ts';
import type { Page } from './page.ts';

export interface StateView {
  current: State;
  histories: { state: State; date: string }[];
  startDate: string;
  endDate?: string;
  duration?: string;
}

export interface ExecutionView {
  id: string;
  namespace: string;
  flowId: string;
  flowRevision: number;
  state: StateView;
  taskRunList?: TaskRunView[];
  inputs?: JsonObject;
  outputs?: JsonObject;
  variables?: JsonObject;
  labels?: { key: string; value: Json }[];
  parentId?: string;
  originalId?: string;
  trigger?: { id: string; type: string; variables?: JsonObject };
  scheduleDate?: string;
  kind?: string;
}

export interface TaskRunView {
  id: string;
  taskId: string;
  parentTaskRunId?: string;
  value?: string;
  iteration?: number;
  attempts?: { state: StateView; workerId?: string }[];
  outputs?: JsonObject;
  state: StateView;
}

export interface LastExecution {
  id: string;
  flowId: string;
  namespace: string;
  startDate: string;
  status: State;
}

export interface ExecutionQuery {
  q?: string;
  namespace?: string;
  flowId?: string;
  state?: readonly State[];
  timeRange?: string;
  page?: number;
  size?: number;
}

export function searchExecutions(tenant: string, query: ExecutionQuery): Promise<Page<ExecutionView>> {
  const { size = 25, state = [], ...rest } = query;
  return request(`${pathOf(tenant)}/executions/search`, {
    query: { ...rest, size, state: state.join(','), sort: 'state.startDate:desc' },
  });
}

export function latestExecutions(
  tenant: string,
  flows: readonly { namespace: string; id: string }[],
): Promise<LastExecution[]> {
  const keys = flows.map(({ namespace, id }) => ({ namespace, id }));
  return request(`${pathOf(tenant)}/executions/latest`, { method: 'POST', json: keys });
}

export function getExecution(tenant: string, id: string): Promise<ExecutionView> {
  return request(pathOf(tenant, 'executions', id));
}

/** Starts a flow; `form` has a part for each input. */
export function startExecution(
  tenant: string,
  namespace: string,
  flowId: string,
  form: FormData,
  query: { labels?: string[]; scheduleDate?: string } = {},
): Promise<ExecutionView> {
  return request(pathOf(tenant, 'executions', namespace, flowId), { method: 'POST', form, query });
}

export function killExecution(tenant: string, id: string): Promise<void> {
  return request(pathOf(tenant, 'executions', id, 'kill'), { method: 'DELETE' });
}

export function pauseExecution(tenant: string, id: string): Promise<void> {
  return request(pathOf(tenant, 'executions', id, 'pause'), { method: 'POST' });
}

/** `form` answers the inputs that a Pause task asks for. */
export function resumeExecution(tenant: string, id: string, form?: FormData): Promise<void> {
  return request(pathOf(tenant, 'executions', id, 'resume'), { method: 'POST', form });
}

export function restartExecution(tenant: string, id: string): Promise<ExecutionView> {
  return request(pathOf(tenant, 'executions', id, 'restart'), { method: 'POST' });
}

/** Runs again with the same inputs, from the start or from one task run. */
export function replayExecution(tenant: string, id: string, taskRunId?: string): Promise<ExecutionView> {
  return request(pathOf(tenant, 'executions', id, 'replay'), { method: 'POST', query: { taskRunId } });
}

export function followUrl(tenant: string, id: string): string {
  return urlOf(pathOf(tenant, 'executions', id, 'follow'));
}

/** Where a stored file of the execution is downloaded. */
export function fileUrl(tenant: string, id: string, uri: string): string {
  return urlOf(pathOf(tenant, 'executions', id, 'file'), { path: uri });
}
