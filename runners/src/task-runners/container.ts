/** Runs a job in a container of any engine that speaks docker's command line.
 *   K1. When the program is over its container is removed, also when it was killed. */
import { spawn, spawnSync } from 'node:child_process';
import type { ContainerEngine, ContainerPolicy } from '../policy.ts';
import { CONTAINER_ENGINES } from '../policy.ts';
import { containerArguments } from './container-arguments.ts';
import { ProcessGroups } from './process-groups.ts';
import { refused } from './task-runner.ts';
import type { Ending, OutputName, Program, TaskRunner } from './task-runner.ts';

/** On every container of a runner, so that the next start finds what a crash has left. */
const LABEL = 'rondo.runner';
const PROBE_MS = 10_000;
/** Variables that mean something to the engine's own program: those of a job go another way. */
const OF_ENGINE =
  /^(PATH|HOME|TMPDIR|DOCKER_.*|CONTAINER.*|PODMAN_.*|NERDCTL_.*|XDG_.*|LD_.*|.*_PROXY|.*_proxy|GODEBUG)$/;

export interface ContainerSettings {
  engine: ContainerEngine;
  policy: ContainerPolicy;
  /** The same at every start of this runner. */
  runnerId: string;
}

export class ContainerTaskRunner implements TaskRunner {
  readonly #settings: ContainerSettings;
  readonly #groups: ProcessGroups;

  constructor(settings: ContainerSettings, groups = new ProcessGroups()) {
    this.#settings = settings;
    this.#groups = groups;
  }

  async run(
    program: Program,
    onOutput: (name: OutputName, bytes: Uint8Array) => void,
    stop: AbortSignal,
  ): Promise<Ending> {
    const { policy, engine, runnerId } = this.#settings;
    const owner = process.getuid && process.getgid ? { uid: process.getuid(), gid: process.getgid() } : undefined;
    const args = containerArguments(program, policy, owner);
    if (!args.ok) return refused(args.error);
    const [run = '', ...rest] = withEngineVariables(args.value, program.env);
    const argv = [...this.#command(run), '--label', `${LABEL}=${runnerId}`, ...rest];
    const env = { ...(process.env as Record<string, string>), ...notOfEngine(program.env) };
    try {
      return await this.#groups.run({ argv: [engine, ...argv], env, workingDir: program.workingDir }, onOutput, stop);
    } finally {
      await this.#remove([program.name]);
    }
  }

  /** Containers of this runner that a crash has left behind. */
  async removeLeftOvers(): Promise<void> {
    const { engine, runnerId } = this.#settings;
    const list = this.#command('ps', '--all', '--quiet', '--filter', `label=${LABEL}=${runnerId}`);
    const { stdout } = spawnSync(engine, list, { encoding: 'utf8', timeout: PROBE_MS });
    const ids = stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await this.#remove(ids);
  }

  #command(...words: string[]): string[] {
    return [...this.#settings.policy.engineArguments, ...words];
  }

  /** One that is gone already is what we wanted. */
  async #remove(names: string[]): Promise<void> {
    const child = spawn(this.#settings.engine, this.#command('rm', '--force', ...names), { stdio: 'ignore' });
    await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  }
}

/** The first engine of this machine that works. */
export function findEngine(
  wanted: readonly ContainerEngine[] = CONTAINER_ENGINES,
  engineArguments: readonly string[] = [],
): ContainerEngine | undefined {
  const works = (engine: ContainerEngine) =>
    spawnSync(engine, [...engineArguments, 'info'], { stdio: 'ignore', timeout: PROBE_MS }).status === 0;
  return wanted.find(works);
}

/** The engine's program hands its own value of a named variable on; what would change that program is written out. */
function withEngineVariables(args: string[], env: Record<string, string>): string[] {
  return args.map((arg, n) => (args[n - 1] === '--env' && OF_ENGINE.test(arg) ? `${arg}=${env[arg] ?? ''}` : arg));
}

function notOfEngine(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ENGINE.test(name)));
}
