import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { planDocument } from '../render/plan-document.ts';
import { renderContents } from '../render/plan.ts';
import { connect } from '../settings/connection.ts';
import type { Colors } from '../terminal.ts';
import type { Change } from '../tree/plan.ts';
import { makePlan, PLAN_OPTIONS } from './plan.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'Print what differs between the server and the files, every line of it; exits with 2 when something does',
  usage: 'PATH…',
  options: PLAN_OPTIONS,
  examples: ['rondo diff flows/', 'rondo diff acme.data/ --prune | less'],
  async run(args, terminal) {
    const { plan } = await makePlan(args, terminal, await connect(args, terminal));
    if (args.flag('json')) terminal.out(JSON.stringify(planDocument(plan).changes, undefined, 2));
    else for (const change of plan.changes) terminal.out(renderFile(change, terminal.colors));
    return plan.changes.length === 0 ? EXIT.ok : EXIT.changes;
  },
};

const NOTHING = { text: '' };

/** As `diff -u` prints two files: first what runs, then what the files say. */
function renderFile(change: Change, colors: Colors): string {
  const name = `${change.namespace}/${change.kind}/${change.name}`;
  const before = change.action === 'create' ? NOTHING : change.before;
  const after = change.action === 'delete' ? NOTHING : change.after;
  return [
    colors.bold(`--- ${change.action === 'create' ? '/dev/null' : name}`),
    colors.bold(`+++ ${change.action === 'delete' ? '/dev/null' : change.place}`),
    ...renderContents(before, after, colors),
  ].join('\n');
}
