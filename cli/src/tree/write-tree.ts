/** Writes what a server holds as a directory that plan finds unchanged. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Json } from '../../../worker/src/protocol/json.ts';
import { CliError } from '../cli-error.ts';
import { readSecretContent } from './described-items.ts';
import { bytesOf, type Content, type ItemRef } from './item.ts';
import { FILES_FOLDER, FLOWS_FOLDER, KV_FILE, NAMESPACE_FILE, SECRETS_FILE } from './read-tree.ts';
import { readYaml, yamlText } from './yaml-text.ts';

/** An object to write; a plan's wanted item and a server's present one both are. */
export interface TreeItem extends ItemRef {
  content: Content;
}

/** The files of one namespace by their paths, in the folder of the namespace's name. */
export function treeFiles(namespace: string, items: readonly TreeItem[]): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const put = (path: string, content: Content) => files.set(`${namespace}/${path}`, bytesOf(content));
  const ofKind = (kind: ItemRef['kind']) => items.filter((item) => item.kind === kind);
  put(NAMESPACE_FILE, { text: namespaceText(namespace, ofKind('namespace')) });
  for (const { name, content } of ofKind('flow')) put(`${FLOWS_FOLDER}/${name}.yaml`, content);
  for (const { name, content } of ofKind('file')) put(`${FILES_FOLDER}/${name}`, content);
  const keys = ofKind('kv').map(({ name, content }): [string, Json] => [name, valueOf(content)]);
  if (keys.length > 0) put(KV_FILE, { text: yamlText(Object.fromEntries(keys)) });
  const secrets = ofKind('secret').map(({ name, content }): [string, Json] => [name, secretEntry(name, content)]);
  if (secrets.length > 0) put(SECRETS_FILE, { text: SECRETS_HEAD + yamlText(Object.fromEntries(secrets)) });
  return files;
}

const SECRETS_HEAD = '# References only: each value comes from the variable that `env` names.\n';

function namespaceText(namespace: string, [item]: TreeItem[]): string {
  const rest = item !== undefined && 'text' in item.content ? item.content.text : '';
  return `${yamlText({ id: namespace })}${rest.trim() === '{}' ? '' : rest}`;
}

function valueOf(content: Content): Json {
  return 'text' in content ? readYaml(content.text, 'a value') : null;
}

function secretEntry(name: string, content: Content): Json {
  const { description, tags } = readSecretContent(content);
  return {
    env: name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^\d/, '_$&'),
    ...(description !== undefined && { description }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

/** Into a folder that is empty or not there yet, unless told otherwise; never outside of it. */
export async function writeTree(
  folder: string,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  options: { overwrites: boolean; named: string },
): Promise<void> {
  const present = await readdir(folder).catch(() => []);
  if (present.length > 0 && !options.overwrites) {
    throw new CliError(`${options.named} is not empty`, { remedy: 'choose another folder, or overwrite with --force' });
  }
  const paths = Array.from(files.keys(), (name) => [name, resolve(folder, name)] as const);
  for (const [name, path] of paths) {
    const inside = relative(folder, path);
    if (inside.startsWith(`..${sep}`) || inside === '..')
      throw new CliError(`the server names a file outside: ${name}`);
  }
  for (const [name, path] of paths) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(join(path), files.get(name) ?? '');
  }
}
