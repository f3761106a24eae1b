import { unzipSync } from 'fflate';
import { FlowList, FlowWithSource, Validations } from './answers.ts';
import type { Client } from './client.ts';

const YAML = 'application/x-yaml';

function path(namespace: string, id: string): string {
  return `flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
}

export async function listFlows(client: Client, namespace: string): Promise<FlowWithSource[]> {
  return FlowList.parse(await client.call('GET', `flows/${encodeURIComponent(namespace)}`));
}

/** The sources of all flows of a namespace, in one answer, by id. */
export async function downloadSources(client: Client, namespace: string): Promise<Map<string, string>> {
  const query = { 'filters[namespace][EQUALS]': namespace };
  const response = await client.send('GET', 'flows/export/by-query', { query });
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return new Map(
    Object.entries(files).map(([name, bytes]) => [
      name.slice(namespace.length + 1).replace(/\.yml$/, ''),
      decoder.decode(bytes),
    ]),
  );
}

/** Saves flows of one namespace, all of them or none, each source byte for byte. */
export async function saveFlows(
  client: Client,
  namespace: string,
  sources: readonly string[],
): Promise<FlowWithSource[]> {
  const form = new FormData();
  for (const source of sources) form.append('flows', new Blob([source], { type: YAML }));
  const query = { delete: false };
  return FlowList.parse(await client.call('POST', `flows/${encodeURIComponent(namespace)}`, { query, body: form }));
}

/** All of them or none. */
export async function deleteFlows(client: Client, namespace: string, ids: readonly string[]): Promise<void> {
  await client.call('DELETE', 'flows/delete/by-ids', { json: ids.map((id) => ({ namespace, id })) });
}

export async function createFlow(client: Client, source: string): Promise<FlowWithSource> {
  return FlowWithSource.parse(await client.call('POST', 'flows', { body: source, contentType: YAML }));
}

export async function updateFlow(
  client: Client,
  namespace: string,
  id: string,
  source: string,
): Promise<FlowWithSource> {
  return FlowWithSource.parse(await client.call('PUT', path(namespace, id), { body: source, contentType: YAML }));
}

/** The server's own opinion of one source: its errors as text, and its warnings. */
export async function validateFlow(client: Client, source: string): Promise<{ error?: string; warnings: string[] }> {
  const [result] = Validations.parse(await client.call('POST', 'flows/validate', { body: source, contentType: YAML }));
  return { error: result?.constraints, warnings: result?.warnings ?? [] };
}
