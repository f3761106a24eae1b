import { CliError } from '../cli-error.ts';
import { Client, type Connection } from '../client/client.ts';
import type { Arguments } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { readProfiles } from './profiles.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8787';
export const DEFAULT_TENANT = 'main';

/** Where to send a command and as whom: options before environment before the saved profile. */
export async function connect(args: Arguments, { env }: Terminal): Promise<Client> {
  const file = await readProfiles(env);
  const chosen = args.text('profile') ?? env['RONDO_PROFILE'];
  const saved = file.profiles[chosen ?? file.current];
  if (chosen !== undefined && saved === undefined) {
    throw new CliError(`there is no profile \`${chosen}\``, {
      remedy: `rondo login --profile ${chosen} --url … makes it`,
    });
  }
  const token = args.text('token') ?? env['RONDO_TOKEN'] ?? saved?.token;
  if (token === undefined || token === '') {
    throw new CliError('not logged in', {
      exitCode: EXIT.authentication,
      remedy: 'run `rondo login`, or set RONDO_URL, RONDO_TENANT and RONDO_TOKEN',
    });
  }
  return new Client({
    url: serverUrl(args.text('url') ?? env['RONDO_URL'] ?? saved?.url ?? DEFAULT_URL),
    tenant: args.text('tenant') ?? env['RONDO_TENANT'] ?? saved?.tenant ?? DEFAULT_TENANT,
    token,
  } satisfies Connection);
}

/** The server's address without a path or a trailing slash. */
export function serverUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CliError(`\`${text}\` is not an address`, { remedy: `write it in full, like ${DEFAULT_URL}` });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CliError(`\`${text}\` is neither http nor https`, { remedy: `write it in full, like ${DEFAULT_URL}` });
  }
  return url.origin;
}
