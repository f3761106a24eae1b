/** One runner on this machine, enrolled the way any runner is: with a token that works once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CreatedEnrolmentToken } from '../../worker/src/protocol/runner.ts';
import { CliError } from '../src/cli-error.ts';
import { Client, type Connection } from '../src/client/client.ts';
import { Process, runToEnd, type ProcessOptions } from './process.ts';
import { ROOT } from './settings.ts';

const PROGRAM = join(ROOT, 'runners/src/main.ts');
const GROUP = 'default';

export interface RunnerPlace {
  /** Where the runner keeps its key and its workspaces. */
  directory: string;
  logFile(name: string): string;
}

export async function startRunner(connection: Connection, place: RunnerPlace): Promise<Process> {
  const options = (name: string): ProcessOptions => ({ cwd: ROOT, env: process.env, logFile: place.logFile(name) });
  if (!existsSync(join(place.directory, 'runner.json')))
    await enroll(connection, place.directory, options('runner-enroll'));
  // Scripts run as processes of this machine: it is the user's own, and needs no container engine for that.
  const args = [PROGRAM, 'run', '--state', place.directory, '--allow-process', '--docker-as-process'];
  return new Process(process.execPath, args, options('runner'));
}

async function enroll(connection: Connection, directory: string, options: ProcessOptions): Promise<void> {
  const answer = await new Client(connection).call('POST', `runner-groups/${GROUP}/tokens`, { json: { uses: 1 } });
  const { token } = CreatedEnrolmentToken.parse(answer);
  const target = ['--url', connection.url, '--tenant', connection.tenant, '--token', token, '--state', directory];
  const { ok, tail } = await runToEnd(process.execPath, [PROGRAM, 'enroll', ...target], options);
  if (!ok)
    throw new CliError(`the local runner cannot be enrolled:\n${tail}`, {
      remedy: 'RONDO_RUNNER=off starts without it',
    });
}
