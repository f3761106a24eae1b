/** An export ZIP or a Git folder of Kestra's, as flows and files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { CliError } from '../cli-error.ts';
import { readDocuments } from '../flows/flow-files.ts';
import type { ImportedFlow } from './import-report.ts';
import { contentOf } from './item.ts';

export interface ImportSource {
  flows: ImportedFlow[];
  /** Files below a folder `_files`, where its Git tasks keep the files of namespaces. */
  files: { name: string; bytes: Uint8Array }[];
  /** What is neither. */
  skipped: string[];
}

const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;

export async function readImport(absolute: string, named: string): Promise<ImportSource> {
  const info = await stat(absolute).catch(() => undefined);
  if (info === undefined) throw new CliError(`${named} does not exist`);
  return sort(info.isDirectory() ? await readFolder(absolute) : unpack(await readFile(absolute), named));
}

async function readFolder(root: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(root, path).split(/[\\/]/).includes('.git'))
    .toSorted();
  const files = new Map<string, Uint8Array>();
  for (const path of paths) files.set(relative(root, path).replaceAll('\\', '/'), await readFile(path));
  return files;
}

function unpack(bytes: Uint8Array, named: string): Map<string, Uint8Array> {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        if (total > UNPACKED_BYTES_MAX) throw new CliError(`${named} unpacks to more than ${UNPACKED_BYTES_MAX} bytes`);
        return !name.endsWith('/');
      },
    });
    return new Map(Object.entries(files));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(`${named} is neither a folder nor a ZIP file`, {
      remedy: 'export flows as ZIP in the dashboard, or name the folder of a Git repository',
      cause,
    });
  }
}

async function sort(all: ReadonlyMap<string, Uint8Array>): Promise<ImportSource> {
  const found: ImportSource = { flows: [], files: [], skipped: [] };
  for (const [path, bytes] of all) {
    const [, name] = /(?:^|\/)_files\/(.+)$/.exec(path) ?? [];
    if (name !== undefined) found.files.push({ name, bytes });
    else {
      const flows = /\.ya?ml$/i.test(path) ? await flowsOf(path, bytes) : [];
      if (flows.length === 0) found.skipped.push(path);
      found.flows.push(...flows);
    }
  }
  return found;
}

/** Documents with a name; others may be dashboards, tests or configuration. */
async function flowsOf(file: string, bytes: Uint8Array): Promise<ImportedFlow[]> {
  const content = contentOf(bytes);
  if (!('text' in content)) return [];
  return (await readDocuments(file, content.text)).flatMap(({ id, namespace, source, diagnostics }) =>
    id === undefined || namespace === undefined ? [] : [{ file, id, namespace, source, diagnostics }],
  );
}
