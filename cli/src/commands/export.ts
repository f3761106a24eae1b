import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { listNamespaces } from '../client/namespaces.ts';
import { SERVER_OPTIONS, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { connect } from '../settings/connection.ts';
import { KINDS, type PresentItem } from '../tree/item.ts';
import { readWhole } from '../tree/read-server.ts';
import { treeFiles, writeTree } from '../tree/write-tree.ts';

export const exportTree: Command = {
  name: 'export',
  summary: 'Write namespaces as a directory that plan and apply understand; secrets by name only',
  usage: '[NAMESPACE…]',
  options: {
    ...SERVER_OPTIONS,
    to: { type: 'string', value: 'DIR', help: 'the directory to write; new or empty' },
    force: { type: 'boolean', help: 'overwrite files that are there' },
  },
  examples: ['rondo export --to company/', 'rondo export acme.data acme.ops --to flows/'],
  async run(args, terminal) {
    const to = args.text('to');
    if (to === undefined) throw new CliError('--to is missing', { remedy: 'name the directory to write: --to flows/' });
    const client = await connect(args, terminal);
    const known = await listNamespaces(client);
    const unknown = args.positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new CliError(`there is no namespace ${unknown}`, {
        remedy: 'check the spelling and the tenant (--tenant)',
      });
    }
    const names = args.positionals.length > 0 ? args.positionals : known;
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    const exported: { namespace: string; items: PresentItem[] }[] = [];
    for (const namespace of names) {
      const { items } = await readWhole(client, namespace);
      for (const [path, bytes] of treeFiles(namespace, items)) files.set(path, bytes);
      exported.push({ namespace, items });
    }
    await writeTree(resolve(terminal.cwd, to), files, { overwrites: args.flag('force'), named: to });
    if (args.flag('json')) {
      terminal.out(JSON.stringify(exported.map(({ namespace, items }) => ({ namespace, ...counts(items) }))));
      return EXIT.ok;
    }
    for (const { namespace, items } of exported)
      terminal.out(`  ${terminal.colors.bold(namespace)}  ${describe(items)}`);
    terminal.out(
      `Exported ${exported.length} ${exported.length === 1 ? 'namespace' : 'namespaces'} to ${to}. \`rondo plan ${to}\` finds nothing to do.`,
    );
    return EXIT.ok;
  },
};

function counts(items: readonly PresentItem[]): Record<string, number> {
  return Object.fromEntries(
    KINDS.filter((kind) => kind !== 'namespace').map((kind) => [
      kind,
      items.filter((item) => item.kind === kind).length,
    ]),
  );
}

function describe(items: readonly PresentItem[]): string {
  const parts = Object.entries(counts(items)).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'empty' : parts.map(([kind, count]) => `${kind} ${count}`).join(', ');
}
