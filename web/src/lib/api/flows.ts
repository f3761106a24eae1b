import type { InputType } from '../../../../worker/src/flow/flow.ts';
import type { Json } from '../../../../worker/src/protocol/json.ts';
import { pathOf, request } from './http.ts';
import type { Page } from './page.ts';

export interface FlowView {
  id: string;
  namespace: string;
  revision: number;
  description?: string;
  disabled: boolean;
  labels?: { key: string; value: string }[];
  inputs?: InputView[];
  tasks: TaskView[];
  triggers?: { id: string; type: string }[];
  updated?: string;
  /** Only when asked for. */
  source?: string;
}

export interface TaskView {
  id: string;
  type: string;
}

export interface InputView {
  id: string;
  type: InputType;
  displayName?: string;
  description?: string;
  required?: boolean;
  defaults?: Json;
  prefill?: Json;
  values?: Json[];
  options?: Json[];
  itemType?: InputType;
  min?: number | string;
  max?: number | string;
  validator?: string;
  after?: string;
  before?: string;
  allowCustomValue?: boolean;
  dependsOn?: { inputs: string[]; condition?: string };
}

export interface FlowQuery {
  q?: string;
  namespace?: string;
  page?: number;
  size?: number;
}

export function searchFlows(tenant: string, { q, namespace, page, size = 50 }: FlowQuery): Promise<Page<FlowView>> {
  return request(`${pathOf(tenant)}/flows/search`, {
    query: { q, namespace, page, size, sort: ['namespace:asc', 'id:asc'] },
  });
}

export function distinctNamespaces(tenant: string): Promise<string[]> {
  return request(`${pathOf(tenant)}/flows/distinct-namespaces`);
}

export function getFlow(tenant: string, namespace: string, id: string): Promise<FlowView> {
  return request(`${pathOf(tenant)}/flows${pathOf(namespace, id)}`, { query: { source: true } });
}

export function createFlow(tenant: string, source: string): Promise<FlowView> {
  return request(`${pathOf(tenant)}/flows`, { method: 'POST', yaml: source });
}

export function updateFlow(tenant: string, namespace: string, id: string, source: string): Promise<FlowView> {
  return request(`${pathOf(tenant)}/flows${pathOf(namespace, id)}`, { method: 'PUT', yaml: source });
}
