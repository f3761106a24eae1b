import { SecretPage, type Secret } from './answers.ts';
import { unlessMissing, type Client } from './client.ts';

function path(namespace: string, key?: string): string {
  const all = `namespaces/${encodeURIComponent(namespace)}/secrets`;
  return key === undefined ? all : `${all}/${encodeURIComponent(key)}`;
}

export interface SecretDescription {
  description?: string;
  tags: { key: string; value: string }[];
}

/** All but the values, which nobody can read back. */
export async function listSecrets(client: Client, namespace: string): Promise<Secret[]> {
  const secrets: Secret[] = [];
  for (let page = 1; ; page++) {
    const { results, total } = SecretPage.parse(
      await client.call('GET', path(namespace), { query: { page, size: 500 } }),
    );
    secrets.push(...results);
    if (results.length === 0 || secrets.length >= total) return secrets;
  }
}

export async function putSecret(
  client: Client,
  namespace: string,
  key: string,
  secret: SecretDescription & { value: string },
): Promise<void> {
  await client.call('PUT', path(namespace), { json: { key, ...secret } });
}

export async function describeSecret(
  client: Client,
  namespace: string,
  key: string,
  description: SecretDescription,
): Promise<void> {
  await client.call('PATCH', path(namespace, key), { json: description });
}

export async function deleteSecret(client: Client, namespace: string, key: string): Promise<void> {
  await unlessMissing(client.call('DELETE', path(namespace, key)));
}
