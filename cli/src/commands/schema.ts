import { flowJsonSchema } from '../../../worker/src/flow/json-schema.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON schema of flows, for editors; needs no server',
  usage: '',
  options: {},
  examples: [
    'rondo schema > .rondo-schema.json',
    'then, at the top of a flow: # yaml-language-server: $schema=.rondo-schema.json',
  ],
  async run(_args, terminal) {
    terminal.out(JSON.stringify(flowJsonSchema(), undefined, 2));
    return EXIT.ok;
  },
};
