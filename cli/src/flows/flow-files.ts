/** Flows on disk: a file, a directory of them, or standard input. One file may hold several documents. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { loadParts } from '../../../worker/src/expression/index.ts';
import { compileFlows, type CompiledDocument } from '../../../worker/src/flow/compile.ts';
import { formatDiagnostic } from '../../../worker/src/flow/diagnostic.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** A document of a file, compiled: places count from the top of the file. */
export interface FlowDocument extends CompiledDocument {
  /** The file as the user would name it. */
  file: string;
}

export interface NamedFlow {
  file: string;
  source: string;
  namespace: string;
  id: string;
}

const YAML_FILE = /\.ya?ml$/;

/** Every document below `paths`, in the order of their names; `-` is standard input. */
export async function readFlows(paths: readonly string[], terminal: Terminal): Promise<FlowDocument[]> {
  if (paths.length === 0) throw new CliError('no file or directory was named', { remedy: 'name at least one, or `.`' });
  // Without them, patterns of inputs are not checked.
  await loadParts();
  const documents: FlowDocument[] = [];
  for (const path of paths) {
    for (const { file, text } of await readTexts(path, terminal)) {
      documents.push(...compileFlows(text).map((document) => ({ ...document, file })));
    }
  }
  if (documents.length === 0)
    throw new CliError(`no flow below ${paths.join(', ')}`, { remedy: 'flows are .yaml or .yml files' });
  return documents;
}

async function readTexts(path: string, terminal: Terminal): Promise<{ file: string; text: string }[]> {
  if (path === '-') return [{ file: 'stdin', text: await terminal.readInput() }];
  const files = await yamlFiles(resolve(terminal.cwd, path), path);
  const named = (file: string) => relative(terminal.cwd, file) || file;
  return Promise.all(files.map(async (file) => ({ file: named(file), text: await readFile(file, 'utf8') })));
}

async function yamlFiles(absolute: string, named: string): Promise<string[]> {
  const info = await stat(absolute).catch(() => undefined);
  if (info === undefined) throw new CliError(`${named} does not exist`);
  if (!info.isDirectory()) return [absolute];
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && YAML_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The document as something that can be deployed: the server judges the rest, but a name it must have. */
export function nameFlow({ file, source, id, namespace, diagnostics }: FlowDocument): NamedFlow {
  if (id !== undefined && namespace !== undefined) return { file, source, id, namespace };
  const [first] = diagnostics;
  const place = first === undefined ? file : `${file}:${first.line}`;
  throw new CliError(
    `${place}: ${first === undefined ? 'the flow has no id or no namespace' : formatDiagnostic(first)}`,
    {
      exitCode: EXIT.validation,
      remedy: `rondo validate ${file} shows every fault`,
    },
  );
}
