import type { State } from '../../worker/src/protocol/states.ts';

/** What the process answers to the shell; scripts rely on these numbers. */
export const EXIT = {
  ok: 0,
  error: 1,
  /** `plan` found something to do. */
  changes: 2,
  validation: 3,
  authentication: 4,
  executionFailed: 10,
  executionWarning: 11,
  executionKilled: 12,
  timeout: 124,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code for an execution that has ended in `state`. */
export function exitCodeOf(state: State): ExitCode {
  switch (state) {
    case 'FAILED':
      return EXIT.executionFailed;
    case 'WARNING':
      return EXIT.executionWarning;
    case 'KILLED':
    case 'CANCELLED':
      return EXIT.executionKilled;
    default:
      return EXIT.ok;
  }
}
