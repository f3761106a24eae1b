import type { CreatedEnrolmentToken, GroupMetrics, GroupStatus } from '../../../../worker/src/protocol/runner.ts';
import { pathOf, request } from './http.ts';
import type { Page } from './page.ts';

export interface RunnerGroup {
  id: string;
  description?: string;
  metrics: GroupMetrics;
}

export type RunnerGroupDetail = Omit<RunnerGroup, 'metrics'> & GroupStatus;

export function listRunnerGroups(tenant: string): Promise<Page<RunnerGroup>> {
  return request(pathOf(tenant, 'runner-groups'));
}

export function getRunnerGroup(tenant: string, id: string): Promise<RunnerGroupDetail> {
  return request(pathOf(tenant, 'runner-groups', id));
}

export function createRunnerGroup(tenant: string, group: { id: string; description?: string }): Promise<void> {
  return request(pathOf(tenant, 'runner-groups'), { method: 'POST', json: group });
}

/** A token that enrols one runner in this group; shown once. */
export function createEnrolmentToken(tenant: string, groupId: string): Promise<CreatedEnrolmentToken> {
  return request(pathOf(tenant, 'runner-groups', groupId, 'tokens'), { method: 'POST', json: {} });
}

export function revokeRunner(tenant: string, groupId: string, runnerId: string): Promise<void> {
  return request(pathOf(tenant, 'runner-groups', groupId, 'runners', runnerId), { method: 'DELETE' });
}

export function pauseRunner(tenant: string, groupId: string, runnerId: string, paused: boolean): Promise<void> {
  return request(pathOf(tenant, 'runner-groups', groupId, 'runners', runnerId), { method: 'PUT', json: { paused } });
}
