import { FlowList, FlowWithSource, Validations } from './answers.ts';
import type { Client } from './client.ts';
import { ProblemError } from './problem.ts';

const YAML = 'application/x-yaml';

function path(namespace: string, id: string): string {
  return `flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
}

/** The flow with its source, or nothing when there is none. */
export async function findFlow(client: Client, namespace: string, id: string): Promise<FlowWithSource | undefined> {
  try {
    return FlowWithSource.parse(await client.call('GET', path(namespace, id), { query: { source: true } }));
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return undefined;
    throw error;
  }
}

export async function listFlows(client: Client, namespace: string): Promise<FlowWithSource[]> {
  return FlowList.parse(await client.call('GET', `flows/${encodeURIComponent(namespace)}`));
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

export async function deleteFlow(client: Client, namespace: string, id: string): Promise<void> {
  await client.call('DELETE', path(namespace, id));
}

/** The server's own opinion of one source: its errors as text, and its warnings. */
export async function validateFlow(client: Client, source: string): Promise<{ error?: string; warnings: string[] }> {
  const [result] = Validations.parse(await client.call('POST', 'flows/validate', { body: source, contentType: YAML }));
  return { error: result?.constraints, warnings: result?.warnings ?? [] };
}
