import { SERVER_OPTIONS, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { renderDrift } from '../render/drift.ts';
import { connect } from '../settings/connection.ts';
import { countDrift, findDrift } from '../tree/drift.ts';
import { readServer } from '../tree/read-server.ts';
import { readTree } from '../tree/read-tree.ts';

export const drift: Command = {
  name: 'drift',
  summary: 'Show where the server has moved away from the files; exits with 2 when it has',
  usage: 'PATH…',
  options: SERVER_OPTIONS,
  examples: ['rondo drift acme.data/', 'rondo drift flows/ --json'],
  async run(args, terminal) {
    const wanted = await readTree(args.positionals, terminal);
    const found = findDrift(wanted, await readServer(await connect(args, terminal), wanted));
    if (args.flag('json')) {
      const drifts = found.map(({ drift: kindOfDrift, kind, namespace, name }) => {
        return { drift: kindOfDrift, kind, namespace, name };
      });
      terminal.out(JSON.stringify({ summary: countDrift(found), drifts }, undefined, 2));
    } else terminal.out(renderDrift(found, terminal.colors));
    return found.length === 0 ? EXIT.ok : EXIT.changes;
  },
};
