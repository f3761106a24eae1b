import { KvEntries, KvValue, type KvEntry } from './answers.ts';
import { unlessMissing, type Client } from './client.ts';

function path(namespace: string, key = ''): string {
  return `namespaces/${encodeURIComponent(namespace)}/kv${key === '' ? '' : `/${encodeURIComponent(key)}`}`;
}

export async function listKeys(client: Client, namespace: string): Promise<KvEntry[]> {
  return KvEntries.parse(await client.call('GET', path(namespace)));
}

export async function findValue(client: Client, namespace: string, key: string): Promise<KvValue | undefined> {
  const answer = await unlessMissing(client.call('GET', path(namespace, key)));
  return answer === undefined ? undefined : KvValue.parse(answer);
}

/** `body` is JSON text. */
export async function putValue(client: Client, namespace: string, key: string, body: string): Promise<void> {
  await client.call('PUT', path(namespace, key), { body, contentType: 'application/json' });
}

export async function deleteValue(client: Client, namespace: string, key: string): Promise<void> {
  await client.call('DELETE', path(namespace, key));
}
