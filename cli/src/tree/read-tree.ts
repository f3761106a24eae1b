/** A directory as the state that it asks for. A folder with a namespace.yaml is that namespace: flows anywhere below, its
 *  files in files/, its keys in kv.yaml, its secrets in secrets.yaml. Flows of other folders name their namespaces alone. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { nameFlow, readDocuments, type FlowDocument } from '../flows/flow-files.ts';
import type { Terminal } from '../terminal.ts';
import { readKvFile, readNamespaceFile, readSecretsFile } from './described-items.ts';
import { contentOf, fullKeyOf, type WantedItem } from './item.ts';
import type { WantedTree } from './plan.ts';

export const NAMESPACE_FILE = 'namespace.yaml';
export const KV_FILE = 'kv.yaml';
export const SECRETS_FILE = 'secrets.yaml';
export const FILES_FOLDER = 'files';
export const FLOWS_FOLDER = 'flows';

const YAML_FILE = /\.ya?ml$/;
/** Not a person's words: what version control and packages keep beside them. */
const SKIPPED = /^(\..*|node_modules)$/;

export async function readTree(paths: readonly string[], terminal: Terminal): Promise<WantedTree> {
  const { flows, others, whole } = await walk(paths, terminal);
  const items = [...others, ...flows.map(toItem)];
  refuseDoubles(items);
  if (items.length === 0) throw nothingBelow(paths);
  return { items, whole };
}

/** The flows alone, faulty ones, too. */
export async function readFlows(paths: readonly string[], terminal: Terminal): Promise<FlowDocument[]> {
  const { flows, others } = await walk(paths, terminal);
  if (flows.length + others.length === 0) throw nothingBelow(paths);
  return flows.map(({ document }) => document);
}

interface FoundFlow {
  document: FlowDocument;
  /** The namespace of its folder. */
  home?: string;
}

async function walk(paths: readonly string[], terminal: Terminal): Promise<TreeReader> {
  if (paths.length === 0) throw new CliError('no file or directory was named', { remedy: 'name at least one, or `.`' });
  const reader = new TreeReader(terminal.cwd);
  for (const path of paths) {
    if (path === '-') await reader.addFlows('stdin', await terminal.readInput(), undefined);
    else await reader.add(resolve(terminal.cwd, path), path);
  }
  return reader;
}

function nothingBelow(paths: readonly string[]): CliError {
  return new CliError(`no flow below ${paths.join(', ')}`, { remedy: 'flows are .yaml or .yml files' });
}

function toItem({ document, home }: FoundFlow): WantedItem {
  const { file, source, namespace, id } = nameFlow(document);
  if (home !== undefined && namespace !== home) {
    throw new CliError(`${file}: the flow ${id} is of ${namespace}, and its folder is of ${home}`, {
      exitCode: EXIT.validation,
      remedy: `write \`namespace: ${home}\`, or move the file out of the folder`,
    });
  }
  return { kind: 'flow', namespace, name: id, place: file, content: { text: source } };
}

class TreeReader {
  readonly flows: FoundFlow[] = [];
  readonly others: WantedItem[] = [];
  readonly whole = new Set<string>();
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  async add(absolute: string, named: string): Promise<void> {
    const info = await stat(absolute).catch(() => undefined);
    if (info === undefined) throw new CliError(`${named} does not exist`);
    if (info.isDirectory()) await this.#addFolder(absolute, undefined);
    else await this.addFlows(this.#place(absolute), await readFile(absolute, 'utf8'), undefined);
  }

  async addFlows(place: string, text: string, home: string | undefined): Promise<void> {
    this.flows.push(...(await readDocuments(place, text)).map((document) => ({ document, home })));
  }

  async #addFolder(folder: string, parent: string | undefined): Promise<void> {
    const entries = (await readdir(folder, { withFileTypes: true }))
      .filter(({ name }) => !SKIPPED.test(name))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const names = new Set(entries.map(({ name }) => name));
    const own = names.has(NAMESPACE_FILE) ? await this.#addNamespace(folder, names) : undefined;
    const home = own ?? parent;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (own !== undefined && entry.name === FILES_FOLDER) await this.#addFiles(own, path);
        else await this.#addFolder(path, home);
      } else if (entry.isFile() && YAML_FILE.test(entry.name)) {
        if (!DESCRIPTIONS.has(entry.name)) await this.addFlows(this.#place(path), await readFile(path, 'utf8'), home);
        else if (own === undefined) throw homeless(this.#place(path));
      }
    }
  }

  async #addNamespace(folder: string, names: ReadonlySet<string>): Promise<string> {
    const read = async (name: string) =>
      [await readFile(join(folder, name), 'utf8'), this.#place(join(folder, name))] as const;
    const item = readNamespaceFile(...(await read(NAMESPACE_FILE)));
    const { namespace } = item;
    this.others.push(item);
    this.whole.add(namespace);
    if (names.has(KV_FILE)) {
      const [text, place] = await read(KV_FILE);
      this.others.push(...readKvFile(text, namespace, place));
    }
    if (names.has(SECRETS_FILE)) {
      const [text, place] = await read(SECRETS_FILE);
      this.others.push(...readSecretsFile(text, namespace, place));
    }
    return namespace;
  }

  async #addFiles(namespace: string, root: string): Promise<void> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path).replaceAll('\\', '/');
      const content = contentOf(await readFile(path));
      this.others.push({ kind: 'file', namespace, name, place: this.#place(path), content });
    }
  }

  /** As the user would name the file. */
  #place(absolute: string): string {
    return relative(this.#cwd, absolute) || absolute;
  }
}

const DESCRIPTIONS: ReadonlySet<string> = new Set([NAMESPACE_FILE, KV_FILE, SECRETS_FILE]);

function homeless(place: string): CliError {
  return new CliError(`${place} has no ${NAMESPACE_FILE} beside it`, {
    exitCode: EXIT.validation,
    remedy: `make one that names the namespace of this folder: \`id: acme.data\``,
  });
}

function refuseDoubles(items: readonly WantedItem[]): void {
  const places = new Map<string, string>();
  for (const item of items) {
    const key = fullKeyOf(item);
    const other = places.get(key);
    if (other !== undefined) {
      throw new CliError(`${item.kind} ${item.namespace}/${item.name} is in ${other} and in ${item.place}`, {
        exitCode: EXIT.validation,
        remedy: 'keep one of them',
      });
    }
    places.set(key, item.place);
  }
}
