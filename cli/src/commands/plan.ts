import type { Client } from '../client/client.ts';
import { findFlow, listFlows } from '../client/flows.ts';
import { SERVER_OPTIONS, type Arguments, type Command, type Options } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { nameOf, planDeployment, type Change } from '../flows/deployment.ts';
import { nameFlow, readFlows } from '../flows/flow-files.ts';
import { renderDiff } from '../render/diff.ts';
import { connect } from '../settings/connection.ts';
import type { Colors, Terminal } from '../terminal.ts';

export const DEPLOY_OPTIONS: Options = {
  ...SERVER_OPTIONS,
  prune: { type: 'boolean', help: 'delete flows of the same namespaces that have no file' },
};

export const plan: Command = {
  name: 'plan',
  summary: 'Show what `apply` would change; exits with 2 when there is something to do',
  usage: 'PATH…',
  options: DEPLOY_OPTIONS,
  examples: ['rondo plan flows/', 'rondo plan flows/ --prune --json'],
  async run(args, terminal) {
    const changes = await readPlan(args, terminal, await connect(args, terminal));
    const pending = changes.filter(({ action }) => action !== 'unchanged');
    if (args.flag('json'))
      terminal.out(JSON.stringify(changes.map(({ action, namespace, id }) => ({ action, namespace, id }))));
    else {
      for (const change of pending) terminal.out(renderChange(change, terminal.colors));
      terminal.out(summaryOf(changes));
    }
    return pending.length === 0 ? EXIT.ok : EXIT.changes;
  },
};

export async function readPlan(args: Arguments, terminal: Terminal, client: Client): Promise<Change[]> {
  const flows = (await readFlows(args.positionals, terminal)).map(nameFlow);
  const server = {
    find: (namespace: string, id: string) => findFlow(client, namespace, id),
    list: (namespace: string) => listFlows(client, namespace),
  };
  return planDeployment(flows, server, args.flag('prune'));
}

export function renderChange(change: Change, colors: Colors): string {
  const name = nameOf(change);
  if (change.action === 'delete') return colors.red(`- ${name}`);
  if (change.action === 'create') return colors.green(`+ ${name}`);
  return [colors.yellow(`~ ${name}`), ...renderDiff(change.before, change.flow.source, colors)].join('\n');
}

export function summaryOf(changes: Change[]): string {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  const deleted = count('delete');
  const tail = deleted === 0 ? '' : `, ${deleted} to delete`;
  return `${count('create')} to create, ${count('update')} to update, ${count('unchanged')} unchanged${tail}`;
}
