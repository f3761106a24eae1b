/** What this runner runs programs with: what its machine has, of what its owner allows. */
import { spawnSync } from 'node:child_process';
import type { TaskRunnerType } from '../../worker/src/protocol/job.ts';
import type { AttemptOptions } from './attempt.ts';
import type { RunSettings } from './settings.ts';
import { BubblewrapTaskRunner } from './task-runners/bubblewrap.ts';
import { ContainerTaskRunner, findEngine } from './task-runners/container.ts';
import { ProcessTaskRunner } from './task-runners/process.ts';
import type { TaskRunner } from './task-runners/task-runner.ts';
import { UsageError } from './usage-error.ts';

const AS_PROCESS =
  'This runner has no container engine: the task runs as a process of its machine, without its image (--docker-as-process).';

export async function allowedTaskRunners(
  settings: RunSettings,
  runnerId: string,
): Promise<AttemptOptions['taskRunners']> {
  const allowed = new Map<TaskRunnerType, { runner: TaskRunner; warning?: string }>();
  const processes = new ProcessTaskRunner();
  if (settings.allowProcess) allowed.set('process', { runner: processes });
  if (settings.bubblewrap !== undefined) {
    if (!isInstalled('bwrap')) throw new UsageError('sandboxes are allowed, but bubblewrap (bwrap) is not installed');
    allowed.set('bubblewrap', { runner: new BubblewrapTaskRunner(settings.bubblewrap) });
  }
  if (settings.allowProcess && settings.dockerAsProcess) {
    allowed.set('docker', { runner: processes, warning: AS_PROCESS });
    return allowed;
  }
  const containers = containerRunner(settings, runnerId);
  if (containers !== undefined) {
    await containers.removeLeftOvers();
    allowed.set('docker', { runner: containers });
  }
  return allowed;
}

function containerRunner(
  { containerEngine, containers: policy }: RunSettings,
  runnerId: string,
): ContainerTaskRunner | undefined {
  if (containerEngine === 'none') return undefined;
  const wanted = containerEngine === 'auto' ? undefined : [containerEngine];
  const engine = findEngine(wanted, policy.engineArguments);
  if (engine !== undefined) return new ContainerTaskRunner({ engine, policy, runnerId });
  if (containerEngine === 'auto') return undefined;
  throw new UsageError(
    `the container engine ${containerEngine} does not work on this machine; try: ${containerEngine} info`,
  );
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
