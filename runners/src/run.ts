/** `rondo-runner run`: works until it is told to stop. The first TERM or INT drains, the second ends the jobs. */
import { allowedTaskRunners } from './allowed-task-runners.ts';
import { Connection } from './connection.ts';
import { StateDirectory } from './identity.ts';
import { log } from './log.ts';
import { backoffMs, pause } from './retry.ts';
import { ServerError } from './server.ts';
import type { RunSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';
import { UsageError } from './usage-error.ts';
import { removeLeftOvers } from './workspace.ts';

export async function run(settings: RunSettings): Promise<void> {
  const state = new StateDirectory(settings.state);
  const registration = await state.registration();
  if (registration === undefined) {
    throw new UsageError(`no runner is enrolled in ${settings.state}; run rondo-runner enroll first`);
  }
  const taskRunners = await allowedTaskRunners(settings, registration.runnerId);
  if (taskRunners.size === 0) {
    throw new UsageError(
      'this runner may run nothing: allow processes of this machine with --allow-process, sandboxes with --bubblewrap, or install a container engine',
    );
  }
  await removeLeftOvers(state.workspaces);
  const abilities = { slots: settings.slots, taskRunners: [...taskRunners.keys()] };
  const connection = new Connection(registration, await state.key(), abilities, {
    previousInstance: await state.lastInstance(),
  });
  const supervisor = new Supervisor(connection, { ...settings, attempt: { directory: state.workspaces, taskRunners } });
  const stopped = new AbortController();
  const onSignal = () => {
    if (stopped.signal.aborted) return supervisor.stopJobs();
    stopped.abort();
    supervisor.drain();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  log('info', `runner ${registration.runnerId} connects to ${registration.url} with ${settings.slots} slots`);
  if (!(await connect(connection, stopped.signal))) return;
  await state.rememberInstance(connection.instance);
  await supervisor.run();
}

/** False when it was told to stop before the server answered. */
async function connect(connection: Connection, stopped: AbortSignal): Promise<boolean> {
  for (let tries = 0; !stopped.aborted; tries++) {
    try {
      await connection.token();
      return true;
    } catch (error) {
      const mayPass = error instanceof ServerError && (error.isPassing || error.status === 409);
      if (!mayPass) throw error;
      log('warn', `${error.message}; trying again`);
      await pause(backoffMs(tries), stopped);
    }
  }
  return false;
}
