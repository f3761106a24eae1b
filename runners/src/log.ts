/** The runner's own log: a line for each event on stderr, for people and for the system's journal. */

export type Severity = 'info' | 'warn' | 'error';

export function log(severity: Severity, message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${severity.toUpperCase().padEnd(5)} ${message}\n`);
}
