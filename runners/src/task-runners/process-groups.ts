/** Runs a program in a process group of its own.
 *
 *   T1. When the program is over, so is everything it started: the whole group is killed.
 *   T2. That holds also when this runner is killed itself: the guard sees its end and kills the groups. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GroupGuard } from './group-guard.ts';
import type { Ending, OutputName } from './task-runner.ts';

/** From TERM to KILL. */
const GRACE_MS = 10_000;
/** Output that is still under way when the group is dead; more than that is held open by a process that left the group. */
const LAST_OUTPUT_MS = 2_000;

/** What is started on this machine. */
export interface Command {
  argv: [string, ...string[]];
  env: Record<string, string>;
  workingDir: string;
}

export class ProcessGroups {
  readonly #guard = new GroupGuard();
  readonly #graceMs: number;

  constructor({ graceMs = GRACE_MS }: { graceMs?: number } = {}) {
    this.#graceMs = graceMs;
  }

  async run(
    { argv, env, workingDir }: Command,
    onOutput: (name: OutputName, bytes: Uint8Array) => void,
    stop: AbortSignal,
  ): Promise<Ending> {
    const [file, ...args] = argv;
    const child = spawn(file, args, {
      cwd: workingDir,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = endOf(child, file);
    const { pid } = child;
    if (pid === undefined) return ended;
    this.#guard.watch(pid);
    const output = Promise.all([copy(child.stdout, 'stdout', onOutput), copy(child.stderr, 'stderr', onOutput)]);
    const terminate = () => void this.#terminate(pid, ended);
    if (stop.aborted) terminate();
    stop.addEventListener('abort', terminate);
    const ending = await ended;
    stop.removeEventListener('abort', terminate);
    signalGroup(pid, 'SIGKILL');
    this.#guard.forget(pid);
    const late = new AbortController();
    await Promise.race([output, delay(LAST_OUTPUT_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    child.stdout.destroy();
    child.stderr.destroy();
    return ending;
  }

  async #terminate(pid: number, ended: Promise<Ending>): Promise<void> {
    signalGroup(pid, 'SIGTERM');
    const calm = new AbortController();
    const timer = delay(this.#graceMs, undefined, { signal: calm.signal }).catch(() => undefined);
    await Promise.race([ended, timer]);
    calm.abort();
    signalGroup(pid, 'SIGKILL');
  }
}

function endOf(child: ChildProcess, file: string): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'it is not installed on this runner' : error.message;
      resolve({ exitCode: error.code === 'EACCES' ? 126 : 127, error: `${file} cannot be started: ${why}` });
    });
    child.once('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
}

async function copy(
  stream: Readable,
  name: OutputName,
  onOutput: (name: OutputName, bytes: Uint8Array) => void,
): Promise<void> {
  try {
    for await (const bytes of stream) onOutput(name, bytes);
  } catch {
    // Closed on our side, after the grace for late output.
  }
}

/** Signals a process group; one that has gone already is what we wanted. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // no such group
  }
}
