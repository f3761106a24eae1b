import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends a command: what went wrong, what to do about it, and the exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(message: string, more: { exitCode?: ExitCode; remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'CliError';
    this.exitCode = more.exitCode ?? EXIT.error;
    this.remedy = more.remedy;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
