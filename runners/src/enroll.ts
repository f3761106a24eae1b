/** `rondo-runner enroll`: makes a key, gives its public half to the server, and remembers who this runner is. */
import { RegisteredRunner, RUNNER_PROTOCOL } from '../../worker/src/protocol/runner.ts';
import { StateDirectory } from './identity.ts';
import { Server } from './server.ts';
import type { EnrollSettings } from './settings.ts';
import { VERSION } from './version.ts';

export async function enroll({ url, token, tenant, state, name }: EnrollSettings): Promise<string> {
  const directory = new StateDirectory(state);
  const key = await directory.key();
  const runner = await new Server(url, tenant).json('POST', 'runners/register', RegisteredRunner, {
    token,
    publicKey: key.publicKey,
    name,
    version: VERSION,
    protocol: RUNNER_PROTOCOL,
  });
  await directory.register({ url, tenant, runnerId: runner.runnerId, group: runner.group, name });
  const tags = runner.tags.length === 0 ? 'without tags' : `with the tags ${runner.tags.join(', ')}`;
  return `enrolled as ${runner.runnerId} in the group ${runner.group}, ${tags}`;
}
