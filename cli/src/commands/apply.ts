import { createFlow, deleteFlow, updateFlow } from '../client/flows.ts';
import type { Client } from '../client/client.ts';
import { ProblemError } from '../client/problem.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { nameOf, type Change } from '../flows/deployment.ts';
import { renderProblem } from '../render/problem.ts';
import { connect } from '../settings/connection.ts';
import type { Terminal } from '../terminal.ts';
import { DEPLOY_OPTIONS, readPlan } from './plan.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Create and update flows so that the server holds what the files say',
  usage: 'PATH…',
  options: DEPLOY_OPTIONS,
  examples: ['rondo apply flows/', 'rondo apply hello.yaml', 'cat hello.yaml | rondo apply -'],
  async run(args, terminal) {
    const client = await connect(args, terminal);
    const outcomes: Outcome[] = [];
    for (const change of await readPlan(args, terminal, client)) outcomes.push(await perform(client, change, terminal));
    const failed = outcomes.filter((outcome) => outcome.error !== undefined).length;
    if (args.flag('json')) terminal.out(JSON.stringify(outcomes));
    else terminal.out(`${outcomes.length - failed} of ${outcomes.length} flows are in place`);
    return failed === 0 ? EXIT.ok : EXIT.validation;
  },
};

interface Outcome {
  action: Change['action'];
  namespace: string;
  id: string;
  revision?: number;
  error?: string;
}

/** One flow that the server refuses does not keep the others from being deployed. */
async function perform(client: Client, change: Change, terminal: Terminal): Promise<Outcome> {
  const { action, namespace, id } = change;
  const { colors } = terminal;
  try {
    const revision = await write(client, change);
    const mark = action === 'unchanged' ? colors.dim('=') : action === 'delete' ? colors.red('-') : colors.green('✓');
    terminal.note(
      `${mark} ${nameOf(change)} ${colors.dim(revision === undefined ? action : `${action}, revision ${revision}`)}`,
    );
    return { action, namespace, id, revision };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === 401 || error.status === 403) throw error;
    const file = 'flow' in change ? ` ${colors.dim(change.flow.file)}` : '';
    terminal.note(`${colors.red('✗')} ${nameOf(change)}${file}\n${renderProblem(error, colors)}`);
    return { action, namespace, id, error: error.message };
  }
}

async function write(client: Client, change: Change): Promise<number | undefined> {
  switch (change.action) {
    case 'create':
      return (await createFlow(client, change.flow.source)).revision;
    case 'update':
      return (await updateFlow(client, change.namespace, change.id, change.flow.source)).revision;
    case 'delete':
      await deleteFlow(client, change.namespace, change.id);
      return undefined;
    case 'unchanged':
      return undefined;
  }
}
