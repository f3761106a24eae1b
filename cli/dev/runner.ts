/** One runner on this machine, enrolled the way any runner is: with a token that works once. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { StateDirectory as RunnerState } from '../../runners/src/identity.ts';
import { CreatedEnrolmentToken } from '../../worker/src/protocol/runner.ts';
import { Client, type Connection } from '../src/client/client.ts';
import { CliError } from '../src/cli-error.ts';
import { Process, runToEnd, type ProcessOptions } from './process.ts';
import { ROOT } from './settings.ts';

const PROGRAM = join(ROOT, 'runners/src/main.ts');
const GROUP = 'default';
const ONLINE_MS_MAX = 20_000;
const PROBE_MS = 200;

const Metrics = z.object({ online: z.number() });

export interface RunnerPlace {
  /** Where the runner keeps its key and its workspaces. */
  directory: string;
  logFile(name: string): string;
}

export async function startRunner(connection: Connection, place: RunnerPlace): Promise<Process> {
  if (!(await isEnrolled(connection, place.directory))) await enroll(connection, place);
  // Scripts run as processes of this machine: it is the user's own, and needs no container engine for that.
  const args = [PROGRAM, 'run', '--state', place.directory, '--allow-process', '--docker-as-process'];
  const runner = new Process(process.execPath, args, optionsOf(place, 'runner'));
  try {
    await untilOnline(connection, runner);
  } catch (error) {
    await runner.stop();
    throw error;
  }
  return runner;
}

async function untilOnline(connection: Connection, runner: Process): Promise<void> {
  const client = new Client(connection);
  const deadline = Date.now() + ONLINE_MS_MAX;
  while (!runner.hasEnded && Date.now() < deadline) {
    const { online } = Metrics.parse(await client.call('GET', `runner-groups/${GROUP}/metrics`));
    if (online > 0) return;
    await delay(PROBE_MS);
  }
  throw new CliError(`the local runner does not connect:\n${runner.tail()}`, {
    remedy: `the whole log is in ${runner.logFile}; RONDO_RUNNER=off starts without it`,
  });
}

/** Another port is another server to a runner; the same key then stays the same runner. */
async function isEnrolled({ url, tenant }: Connection, directory: string): Promise<boolean> {
  const known = await new RunnerState(directory).registration();
  return known !== undefined && known.url === url && known.tenant === tenant;
}

async function enroll(connection: Connection, place: RunnerPlace): Promise<void> {
  const answer = await new Client(connection).call('POST', `runner-groups/${GROUP}/tokens`, { json: { uses: 1 } });
  const { token } = CreatedEnrolmentToken.parse(answer);
  const target = ['--url', connection.url, '--tenant', connection.tenant, '--state', place.directory];
  const options = optionsOf(place, 'runner-enroll', { RONDO_ENROLMENT_TOKEN: token });
  const { ok, tail } = await runToEnd(process.execPath, [PROGRAM, 'enroll', ...target], options);
  if (!ok) {
    throw new CliError(`the local runner cannot be enrolled:\n${tail}`, {
      remedy: 'RONDO_RUNNER=off starts without it',
    });
  }
}

function optionsOf(place: RunnerPlace, log: string, more: Record<string, string> = {}): ProcessOptions {
  return { cwd: ROOT, env: { ...process.env, ...more }, logFile: place.logFile(log) };
}
