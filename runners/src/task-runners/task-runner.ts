/** Where a job's program runs: one file for each `taskRunner` that a flow can name, one interface. */

export interface Program {
  argv: [string, ...string[]];
  /** What the job sets. What is there of the machine or the image is up to the task runner. */
  env: Record<string, string>;
  workingDir: string;
  /** Everything that the program may write lies in it, at the same path wherever it runs. */
  root: string;
  /** Unique on this machine. */
  name: string;
  image?: string;
  /** The properties of the flow's `taskRunner`. */
  options: Readonly<Record<string, unknown>>;
}

export type OutputName = 'stdout' | 'stderr';

export interface Ending {
  /** 128 and the number of the signal for a program that a signal ended, as shells say it; 127 for one that could not start. */
  exitCode: number;
  /** Why it could not be started. */
  error?: string;
}

export interface TaskRunner {
  /** Runs to the end and leaves no process behind. When the signal fires, the program is asked to end, and made to after a
   *  moment of grace. */
  run(program: Program, onOutput: (name: OutputName, bytes: Uint8Array) => void, stop: AbortSignal): Promise<Ending>;
}

/** The program may not be started at all; as shells say it, 126. */
export function refused(error: string): Ending {
  return { exitCode: 126, error };
}
