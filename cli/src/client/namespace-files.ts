import { unzipSync } from 'fflate';
import { unlessMissing, type Client } from './client.ts';

function path(namespace: string): string {
  return `namespaces/${encodeURIComponent(namespace)}/files`;
}

/** Every file of the namespace by its path, which begins without a slash. */
export async function downloadFiles(client: Client, namespace: string): Promise<Map<string, Uint8Array>> {
  const response = await client.send('GET', `${path(namespace)}/export`);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return new Map(Object.entries(files).filter(([name]) => !name.endsWith('/')));
}

export async function uploadFile(
  client: Client,
  namespace: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const form = new FormData();
  // A name that ends in .zip would have the server unpack it.
  form.append('fileContent', new Blob([bytes]), 'content');
  await client.call('POST', path(namespace), { query: { path: `/${name}` }, body: form });
}

export async function deleteFile(client: Client, namespace: string, name: string): Promise<void> {
  await unlessMissing(client.call('DELETE', path(namespace), { query: { path: `/${name}` } }));
}
