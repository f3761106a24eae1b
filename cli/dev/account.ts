/** The first person of a fresh server, made the way everybody is made: through the sign-up of the public API. */
import { randomBytes } from 'node:crypto';
import { cookiesOf, tokenOfSession } from '../src/commands/login.ts';
import { CliError } from '../src/cli-error.ts';
import { Client, send } from '../src/client/client.ts';
import { ProblemError } from '../src/client/problem.ts';
import type { Credentials, StateDirectory } from './state-directory.ts';

const TENANT = 'main';
const EMAIL = 'admin@rondo.local';

/** The credentials of this state directory; on a fresh one, those of a new person with a new tenant. */
export async function ensureAccount(url: string, state: StateDirectory): Promise<Credentials> {
  const known = state.credentials;
  if (known === undefined) {
    const fresh = await signUp(url, { email: EMAIL, tenant: TENANT, name: 'Admin' });
    state.saveCredentials(fresh);
    return fresh;
  }
  try {
    await new Client({ url, tenant: known.tenant, token: known.token }).call('GET', 'flows/search', {
      query: { size: 1 },
    });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 401) throw error;
    throw new CliError(`the token in ${state.path}/credentials.json is no longer valid`, {
      remedy: `log in at ${url} and make a new one there, or delete the state directory to begin anew`,
    });
  }
  return known;
}

export async function signUp(
  url: string,
  person: { email: string; tenant: string; name: string },
): Promise<Credentials> {
  const password = randomBytes(12).toString('base64url');
  const answer = await send('POST', `${url}/api/v1/signup`, {
    json: { ...person, password },
    headers: { origin: url },
  });
  const token = await tokenOfSession(url, cookiesOf(answer), 'made at sign-up');
  return { email: person.email, password, tenant: person.tenant, token };
}
