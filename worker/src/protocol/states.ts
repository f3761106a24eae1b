/** The states of executions and task runs: one list gives the type, the schemas and the screens' labels. */

export const STATES = [
  'CREATED',
  'SUBMITTED',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'BREAKPOINT',
  'RESTARTED',
  'RESUBMITTED',
  'RETRYING',
  'RETRIED',
  'KILLING',
  'KILLED',
  'SUCCESS',
  'WARNING',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const;

export type State = (typeof STATES)[number];

export const TERMINAL_STATES = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED'] as const;
export type TerminalState = (typeof TERMINAL_STATES)[number];

const terminal: ReadonlySet<string> = new Set(TERMINAL_STATES);

export function isTerminalState(state: State): state is TerminalState {
  return terminal.has(state);
}

export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
