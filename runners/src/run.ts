/** `rondo-runner run`: works until it is told to stop. The first TERM or INT drains, the second ends the jobs. */
import type { TaskRunnerType } from '../../worker/src/protocol/job.ts';
import type { AttemptOptions } from './attempt.ts';
import { Connection } from './connection.ts';
import { StateDirectory } from './identity.ts';
import { log } from './log.ts';
import { backoffMs, pause } from './retry.ts';
import { ServerError } from './server.ts';
import { UsageError } from './settings.ts';
import type { RunSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';
import { ProcessTaskRunner } from './task-runners/process.ts';
import { removeLeftOvers } from './workspace.ts';

export async function run(settings: RunSettings): Promise<void> {
  const state = new StateDirectory(settings.state);
  const registration = await state.registration();
  if (registration === undefined) {
    throw new UsageError(`no runner is enrolled in ${settings.state}; run rondo-runner enroll first`);
  }
  const taskRunners = allowedTaskRunners(settings);
  if (taskRunners.size === 0) {
    throw new UsageError('this runner may run nothing: allow processes of this machine with --allow-process');
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

/** What the owner of this machine allows. */
function allowedTaskRunners({ allowProcess, dockerAsProcess }: RunSettings): AttemptOptions['taskRunners'] {
  const allowed = new Map<TaskRunnerType, { runner: ProcessTaskRunner; warning?: string }>();
  const runner = new ProcessTaskRunner();
  if (allowProcess) allowed.set('process', { runner });
  if (allowProcess && dockerAsProcess) {
    const warning =
      'This runner has no container engine: the task runs as a process of its machine, without its image (--docker-as-process).';
    allowed.set('docker', { runner, warning });
  }
  return allowed;
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
