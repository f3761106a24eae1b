/** A child process that ends when we say so, with everything it started itself. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessOptions {
  cwd: string;
  env: Record<string, string | undefined>;
  /** Takes what the process prints; what the one before it printed is kept beside it. */
  logFile: string;
}

const STOP_MS = 8_000;
const GONE_MS_MAX = 3_000;

const living = new Set<Process>();

/** Ends whatever still runs, whoever waits for it: for the moment when a person presses Ctrl-C in the middle of anything. */
export async function stopEveryProcess(): Promise<void> {
  await Promise.all([...living].map((child) => child.stop()));
}

export class Process {
  readonly pid: number;
  readonly logFile: string;
  /** Settles with the way it ended: an exit code or the name of a signal. */
  readonly ended: Promise<string>;
  #hasEnded = false;

  constructor(program: string, args: string[], { cwd, env, logFile }: ProcessOptions) {
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
    const log = openSync(logFile, 'a', 0o600);
    // Its own process group: Ctrl-C in the terminal reaches only us, and one signal reaches all of its children.
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.pid = child.pid ?? 0;
    this.logFile = logFile;
    living.add(this);
    this.ended = new Promise((done) => {
      const end = (how: string) => {
        this.#hasEnded = true;
        living.delete(this);
        done(how);
      };
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      child.once('error', (error) => end(error.message));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last lines that it printed, without colours. */
  tail(lines = 15): string {
    // eslint-disable-next-line no-control-regex
    const text = readFileSync(this.logFile, 'utf8').replace(/\u001b\[[0-9;]*m/g, '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    signalGroup(this.pid, signal);
    await Promise.race([this.ended, delay(STOP_MS, undefined, { ref: false })]);
    signalGroup(this.pid, 'SIGKILL');
    await this.ended;
    await groupGone(this.pid);
  }
}

/** Signals a process group; one that has gone already is what we wanted. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // no such group
  }
}

/** Children of a process outlive it by a moment, and hold its port that long. */
export async function groupGone(pid: number): Promise<void> {
  const deadline = Date.now() + GONE_MS_MAX;
  while (groupLives(pid) && Date.now() < deadline) await delay(20);
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** When a living process began, in the kernel's clock ticks: tells it from a later one that got its number. Undefined when
 *  it is gone; empty on a system that does not say. */
export function birthOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  try {
    // The name before the last parenthesis may hold anything; the 20th field after it is the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

/** Runs a program to its end; the answer is how it ended and what it printed. */
export async function runToEnd(
  program: string,
  args: string[],
  options: ProcessOptions,
): Promise<{ ok: boolean; tail: string }> {
  const child = new Process(program, args, options);
  const how = await child.ended;
  return { ok: how === 'exit code 0', tail: child.tail() };
}
