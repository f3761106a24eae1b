/** A runner for one tenant, until SIGTERM: enrolled with the API token of RONDO_TOKEN, forgotten afterwards.
 *  RONDO_URL, RONDO_TENANT and RONDO_TOKEN say where. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../src/client/client.ts';
import { CliError } from '../src/cli-error.ts';
import { startRunner } from './runner.ts';

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new CliError(`${name} is missing`);
  return value;
}

const connection = { url: variable('RONDO_URL'), tenant: variable('RONDO_TENANT'), token: variable('RONDO_TOKEN') };
const directory = await mkdtemp(join(tmpdir(), 'rondo-runner-'));
const stopped = Promise.withResolvers<void>();
process.on('SIGTERM', stopped.resolve);
process.on('SIGINT', stopped.resolve);
try {
  const runner = await startRunner(connection, { directory, logFile: (name) => join(directory, `${name}.log`) });
  await Promise.race([stopped.promise, runner.ended]);
  if (runner.hasEnded) throw new CliError(`the runner ended:\n${runner.tail()}`);
  await runner.stop();
  const { runnerId, group } = JSON.parse(await readFile(join(directory, 'runner.json'), 'utf8')) as Record<
    string,
    string
  >;
  await new Client(connection).call('DELETE', `runner-groups/${group}/runners/${runnerId}`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
