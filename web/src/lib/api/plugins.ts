import { pathOf, request } from './http.ts';
import type { Page } from './page.ts';

export interface PluginGroup {
  name: string;
  title?: string;
  group?: string;
  description?: string;
  tasks?: TypeSummary[];
  triggers?: TypeSummary[];
  conditions?: TypeSummary[];
}

export interface TypeSummary {
  cls: string;
  title?: string;
  deprecated?: boolean;
}

export interface TypeDocumentation {
  markdown?: string;
  schema?: { properties?: PropertySchema; outputs?: PropertySchema; definitions?: Record<string, PropertySchema> };
}

/** The part of JSON schema that the pages read. */
export interface PropertySchema {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, PropertySchema>;
  required?: string[];
  items?: PropertySchema;
  enum?: unknown[];
  anyOf?: PropertySchema[];
  default?: unknown;
  $ref?: string;
  $examples?: { title?: string; code?: string }[];
}

export interface PebbleEntry {
  name: string;
  description?: string;
}

/** Loaded once per visit: the catalogue only changes with a deploy. */
const loaded = new Map<string, Promise<unknown>>();

export async function listPlugins(): Promise<PluginGroup[]> {
  const page = await once<Page<PluginGroup>>('/plugins?size=10000');
  return page.results;
}

export function typeDocumentation(cls: string): Promise<TypeDocumentation> {
  return once(`/plugins${pathOf(cls)}`);
}

export function pebbleFilters(): Promise<(PebbleEntry | string)[]> {
  return once('/pebble/filters');
}

export function pebbleFunctions(): Promise<(PebbleEntry | string)[]> {
  return once('/pebble/functions');
}

function once<T>(path: string): Promise<T> {
  const known = loaded.get(path) as Promise<T> | undefined;
  if (known) return known;
  const answer = request<T>(path);
  loaded.set(path, answer);
  answer.catch(() => loaded.delete(path)); // a failure may be tried again
  return answer;
}
