/** All of Rondo on this machine: the server in local workerd, its clock, and one runner beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../src/cli-error.ts';
import { ensureAccount } from './account.ts';
import { tickEveryMinute } from './clock.ts';
import { buildDashboard, isDashboardStale } from './dashboard.ts';
import { migrate } from './database.ts';
import type { Process } from './process.ts';
import { startRunner } from './runner.ts';
import { startServer } from './server.ts';
import { refuseBusyPort, ROOT, type Settings } from './settings.ts';
import { StateDirectory, type Credentials } from './state-directory.ts';

export interface Rondo {
  url: string;
  credentials: Credentials;
  state: StateDirectory;
  server: Process;
  runner: Process | undefined;
  /** Settles when a part ends by itself: nobody stopped it. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

/** `say` hears of every step that takes long enough to wonder about. */
export async function startRondo(settings: Settings, say: (step: string) => void): Promise<Rondo> {
  if (!existsSync(join(ROOT, 'node_modules/wrangler')))
    throw new CliError('the packages are missing', { remedy: 'run `npm install`' });
  const url = `http://127.0.0.1:${settings.port}`;
  const state = new StateDirectory(settings.state);
  await state.lock(url);
  const started: Process[] = [];
  const clock = new AbortController();
  const stop = async (): Promise<void> => {
    clock.abort();
    // The runner first, so that it can still hand in what it has.
    for (const part of started.toReversed()) await part.stop();
    state.unlock();
  };
  const start = (part: Process): Process => {
    started.push(part);
    return part;
  };
  try {
    await refuseBusyPort(settings.port);
    if (isDashboardStale()) {
      say('building the dashboard');
      await buildDashboard(state.logFile('dashboard'));
    }
    say('preparing the databases');
    await migrate(state);
    say('starting the server');
    const server = start(await startServer(state, settings));
    void tickEveryMinute(url, clock.signal);
    const credentials = await ensureAccount(url, state);
    const runner = settings.withRunner ? start(await startLocalRunner(url, state, credentials)) : undefined;
    return { url, credentials, state, server, runner, failed: firstFailure({ server, runner }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startLocalRunner(url: string, state: StateDirectory, { tenant, token }: Credentials): Promise<Process> {
  const place = { directory: state.runner, logFile: (name: string) => state.logFile(name) };
  const runner = await startRunner({ url, tenant, token }, place);
  state.adopt(runner.pid);
  return runner;
}

function firstFailure(parts: Record<string, Process | undefined>): Promise<string> {
  return Promise.race(
    Object.entries(parts).map(async ([name, part]) => {
      if (part === undefined) return new Promise<never>(() => undefined);
      const how = await part.ended;
      return `the ${name} ended by itself (${how}):\n${part.tail()}\nthe whole log is in ${part.logFile}`;
    }),
  );
}
