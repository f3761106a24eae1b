/** Runs a job as processes of this machine. */
import { ownEnvironment } from './own-environment.ts';
import { ProcessGroups } from './process-groups.ts';
import type { Ending, OutputName, Program, TaskRunner } from './task-runner.ts';

export class ProcessTaskRunner implements TaskRunner {
  readonly #groups: ProcessGroups;

  constructor(groups = new ProcessGroups()) {
    this.#groups = groups;
  }

  run(
    { argv, env, workingDir }: Program,
    onOutput: (name: OutputName, bytes: Uint8Array) => void,
    stop: AbortSignal,
  ): Promise<Ending> {
    return this.#groups.run({ argv, env: { ...ownEnvironment(process.env), ...env }, workingDir }, onOutput, stop);
  }
}
