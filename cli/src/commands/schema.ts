import { send } from '../client/client.ts';
import { SERVER_OPTIONS, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { connect } from '../settings/connection.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON schema of flows, for editors',
  usage: '',
  options: SERVER_OPTIONS,
  examples: [
    'rondo schema > .rondo-schema.json',
    'then, at the top of a flow: # yaml-language-server: $schema=.rondo-schema.json',
  ],
  async run(args, terminal) {
    const { url, token } = (await connect(args, terminal)).connection;
    const answer = await send('GET', `${url}/api/v1/schemas/flow.json`, {
      headers: { authorization: `Bearer ${token}` },
    });
    terminal.out((await answer.text()).trimEnd());
    return EXIT.ok;
  },
};
