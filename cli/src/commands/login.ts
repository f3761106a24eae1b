import { CliError } from '../cli-error.ts';
import { Client, send } from '../client/client.ts';
import { ApiToken } from '../client/answers.ts';
import type { Command } from '../command.ts';
import { SERVER_OPTIONS, type Arguments } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { DEFAULT_TENANT, DEFAULT_URL, serverUrl } from '../settings/connection.ts';
import { saveProfile } from '../settings/profiles.ts';
import type { Terminal } from '../terminal.ts';

export const login: Command = {
  name: 'login',
  summary: 'Save a server, a tenant and a token as a profile',
  usage: '',
  options: {
    ...SERVER_OPTIONS,
    email: { type: 'string', value: 'EMAIL', help: 'log in with this e-mail and make an API token' },
  },
  examples: [
    'rondo login --url http://127.0.0.1:8787',
    'rondo login --url https://rondo.example.com --tenant acme --profile work',
    'echo "$TOKEN" | rondo login --url https://rondo.example.com --token -',
  ],
  async run(args, terminal) {
    const url = serverUrl(args.text('url') ?? terminal.env['RONDO_URL'] ?? DEFAULT_URL);
    const tenant = args.text('tenant') ?? terminal.env['RONDO_TENANT'] ?? DEFAULT_TENANT;
    const token = await readToken(url, args, terminal);
    // Asks for something small that needs the token, so that a wrong one is not saved.
    await new Client({ url, tenant, token }).call('GET', 'flows/search', { query: { size: 1 } });
    const name = args.text('profile') ?? 'default';
    const path = await saveProfile(terminal.env, name, { url, tenant, token });
    if (args.flag('json')) terminal.out(JSON.stringify({ profile: name, url, tenant, file: path }));
    else terminal.out(`Logged in to ${url} as profile \`${name}\`, tenant \`${tenant}\`. Saved in ${path}.`);
    return EXIT.ok;
  },
};

async function readToken(url: string, args: Arguments, terminal: Terminal): Promise<string> {
  const given = args.text('token') ?? terminal.env['RONDO_TOKEN'];
  if (given === '-') return nonEmpty((await terminal.readInput()).trim(), 'the token on standard input');
  if (given !== undefined) return nonEmpty(given, 'the token');
  const email = args.text('email') ?? (terminal.isInteractive ? await terminal.ask('E-mail: ') : undefined);
  if (email === undefined || !terminal.isInteractive) {
    throw new CliError('there is no token, and no person to ask for a password', {
      exitCode: EXIT.authentication,
      remedy: 'give --token (or `--token -` and pipe it in), or set RONDO_TOKEN',
    });
  }
  return createToken(url, email, await terminal.ask('Password: ', true));
}

function nonEmpty(text: string, what: string): string {
  if (text === '') throw new CliError(`${what} is empty`, { exitCode: EXIT.authentication });
  return text;
}

/** Logs in with a password for as long as it takes to make a token that can be revoked by its name. */
export async function createToken(url: string, email: string, password: string): Promise<string> {
  const answer = await send('POST', `${url}/api/v1/login`, {
    json: { username: email, password },
    headers: { origin: url },
  });
  return tokenOfSession(url, cookiesOf(answer), 'rondo command line');
}

export async function tokenOfSession(url: string, cookie: string, name: string): Promise<string> {
  const answer = await send('POST', `${url}/api/v1/me/api-tokens`, {
    json: { name },
    headers: { cookie, origin: url },
  });
  return ApiToken.parse(await answer.json()).fullToken;
}

/** The cookies that an answer sets, as the next request sends them. */
export function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
