import { isJsonObject, type JsonObject } from '../../../worker/src/protocol/json.ts';
import { CliError } from '../cli-error.ts';
import { NamespacePage } from './answers.ts';
import { unlessMissing, type Client } from './client.ts';

function path(id: string): string {
  return `namespaces/${encodeURIComponent(id)}`;
}

/** What was said about the namespace, or nothing when it neither was described nor has flows. */
export async function findNamespace(client: Client, id: string): Promise<JsonObject | undefined> {
  const document = await unlessMissing(client.call('GET', path(id)));
  if (document === undefined || isJsonObject(document)) return document;
  throw new CliError(`the answer to GET ${path(id)} is no object`);
}

export async function createNamespace(client: Client, document: JsonObject): Promise<void> {
  await client.call('POST', 'namespaces', { json: document });
}

export async function updateNamespace(client: Client, id: string, document: JsonObject): Promise<void> {
  await client.call('PUT', path(id), { json: document });
}

export async function deleteNamespace(client: Client, id: string): Promise<void> {
  await client.call('DELETE', path(id));
}

export async function listNamespaces(client: Client): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1; ; page++) {
    const { results, total } = NamespacePage.parse(
      await client.call('GET', 'namespaces/search', { query: { page, size: 500 } }),
    );
    names.push(...results.map(({ id }) => id));
    if (results.length === 0 || names.length >= total) return names;
  }
}
