/** Where a job's program runs: one file for each `taskRunner` that a flow can name, one interface. */

export interface Program {
  argv: [string, ...string[]];
  env: Record<string, string>;
  workingDir: string;
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
