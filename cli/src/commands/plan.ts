import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Client } from '../client/client.ts';
import { SERVER_OPTIONS, type Arguments, type Command, type Options } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { planDocument } from '../render/plan-document.ts';
import { renderMarkdown } from '../render/plan-markdown.ts';
import { renderPlan } from '../render/plan.ts';
import { connect } from '../settings/connection.ts';
import type { Terminal } from '../terminal.ts';
import { planTree, type Plan, type PlanOptions, type WantedTree } from '../tree/plan.ts';
import { readServer, type ServerState } from '../tree/read-server.ts';
import { readTree } from '../tree/read-tree.ts';
import { savePlan } from '../tree/saved-plan.ts';

export const PLAN_OPTIONS: Options = {
  ...SERVER_OPTIONS,
  prune: { type: 'boolean', help: 'delete what was applied from files and has none any more' },
  'prune-all': { type: 'boolean', help: 'and flows and files of these namespaces that never came from files' },
  'write-secrets': {
    type: 'boolean',
    help: 'write the values of all secrets that name a variable, not only of new ones',
  },
};

export const plan: Command = {
  name: 'plan',
  summary: 'Show what `apply` would change; exits with 2 when there is something to do',
  usage: 'PATH…',
  options: {
    ...PLAN_OPTIONS,
    out: { type: 'string', short: 'o', value: 'FILE', help: 'save the plan, for `rondo apply FILE`' },
    markdown: { type: 'boolean', help: 'print it as a comment for a pull request' },
  },
  examples: ['rondo plan flows/', 'rondo plan acme.data/ --prune -out next.plan', 'rondo plan flows/ --json'],
  async run(args, terminal) {
    const client = await connect(args, terminal);
    const { plan: made, wanted } = await makePlan(args, terminal, client);
    const file = args.text('out');
    if (file !== undefined) await save(file, savePlan(made, wanted.whole, client.connection), terminal);
    if (args.flag('json')) terminal.out(JSON.stringify(planDocument(made), undefined, 2));
    else if (args.flag('markdown')) terminal.out(renderMarkdown(made));
    else terminal.out(renderPlan(made, terminal.colors));
    if (file !== undefined) terminal.note(terminal.colors.dim(`Saved. \`rondo apply ${file}\` does exactly this.`));
    if (made.missingSecrets.length > 0) return EXIT.validation;
    return made.changes.length === 0 ? EXIT.ok : EXIT.changes;
  },
};

export interface MadePlan {
  plan: Plan;
  wanted: WantedTree;
  states: ServerState[];
}

export async function makePlan(args: Arguments, terminal: Terminal, client: Client): Promise<MadePlan> {
  const wanted = await readTree(args.positionals, terminal);
  const states = await readServer(client, wanted);
  return { plan: planTree(wanted, states, planOptions(args)), wanted, states };
}

function planOptions(args: Arguments): PlanOptions {
  const prune = args.flag('prune-all') ? 'all' : args.flag('prune') ? 'managed' : 'nothing';
  return { prune, writesSecrets: args.flag('write-secrets') };
}

/** Only its owner may read it: it holds the values of keys. */
async function save(file: string, text: string, terminal: Terminal): Promise<void> {
  try {
    await writeFile(resolve(terminal.cwd, file), text, { mode: 0o600 });
  } catch (cause) {
    throw new CliError(`the plan cannot be written to ${file}`, {
      remedy: 'check the path and its permissions',
      cause,
    });
  }
}
