import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { renderImport } from '../render/import.ts';
import type { Colors, Terminal } from '../terminal.ts';
import { reportImport, type ImportReport } from '../tree/import-report.ts';
import { contentOf } from '../tree/item.ts';
import { readImport, type ImportSource } from '../tree/read-import.ts';
import { treeFiles, writeTree, type TreeItem } from '../tree/write-tree.ts';

export const importTree: Command = {
  name: 'import',
  summary: "Read Kestra's export ZIP or Git folder, and say what maps, what differs and what is missing",
  usage: 'ZIP | DIR',
  options: {
    to: { type: 'string', value: 'DIR', help: 'write what was read as a directory for `rondo apply`' },
    namespace: { type: 'string', value: 'ID', help: 'the namespace of the files below _files' },
    force: { type: 'boolean', help: 'overwrite files that are there' },
  },
  examples: ['rondo import flows.zip', 'rondo import company-flows/ --to company/'],
  async run(args, terminal) {
    const named = args.required(0, 'ZIP or DIR');
    const source = await readImport(resolve(terminal.cwd, named), named);
    if (source.flows.length + source.files.length === 0) throw new CliError(`${named} holds no flows`);
    const report = reportImport(source.flows);
    const to = args.text('to');
    if (to !== undefined) {
      const items = itemsOf(source, report, args.text('namespace'));
      await write(to, items, args.flag('force'), terminal);
    }
    if (args.flag('json')) terminal.out(JSON.stringify(importDocument(report, source.skipped), undefined, 2));
    else terminal.out(renderImport(report, source.skipped, terminal.colors));
    if (to !== undefined) terminal.note(written(to, terminal.colors));
    return report.missing.length === 0 ? EXIT.ok : EXIT.validation;
  },
};

function itemsOf({ flows, files }: ImportSource, { secrets }: ImportReport, chosen: string | undefined): TreeItem[] {
  const namespaces = [...new Set(flows.map(({ namespace }) => namespace))];
  const home = chosen ?? (namespaces.length === 1 ? namespaces[0] : undefined);
  if (files.length > 0 && home === undefined) {
    throw new CliError(`the namespace of ${files.length} files is not known`, {
      remedy: `name it: --namespace ${namespaces[0] ?? 'acme.data'}`,
    });
  }
  return [
    ...flows.map(({ namespace, id, source }): TreeItem => {
      return { kind: 'flow', namespace, name: id, content: { text: source } };
    }),
    ...files.map(({ name, bytes }): TreeItem => {
      return { kind: 'file', namespace: home ?? '', name, content: contentOf(bytes) };
    }),
    ...Array.from(secrets, ([namespace, names]) =>
      Array.from(names, (name): TreeItem => ({ kind: 'secret', namespace, name, content: { text: '' } })),
    ).flat(),
  ];
}

async function write(to: string, items: readonly TreeItem[], overwrites: boolean, { cwd }: Terminal): Promise<void> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [namespace, some] of Map.groupBy(items, (item) => item.namespace)) {
    for (const [path, bytes] of treeFiles(namespace, some)) files.set(path, bytes);
  }
  await writeTree(resolve(cwd, to), files, { overwrites, named: to });
}

function written(to: string, colors: Colors): string {
  return colors.dim(`Written to ${to}. \`rondo plan ${to}\` shows what an apply would do.`);
}

function importDocument({ maps, differs, missing, missingTypes, secrets, keys }: ImportReport, skipped: string[]) {
  const lists = (names: ReadonlyMap<string, ReadonlySet<string>>) =>
    Object.fromEntries(Array.from(names, ([namespace, some]) => [namespace, [...some].toSorted()]));
  const ref = ({ namespace, id, file }: { namespace: string; id: string; file: string }) => ({ namespace, id, file });
  return {
    maps: maps.map(ref),
    differs: differs.map(({ flow, remarks }) => ({ ...ref(flow), remarks })),
    missing: missing.map(({ flow, remarks }) => ({ ...ref(flow), remarks })),
    missingTypes,
    secrets: lists(secrets),
    keys: lists(keys),
    skipped,
  };
}
