/** Stays with an execution until it ends, printing its logs on the way. */
import type { Client } from './client/client.ts';
import type { LogEntry } from './client/answers.ts';
import { ProblemError } from './client/problem.ts';
import { isTerminalState, type State } from '../../worker/src/protocol/states.ts';
import { followExecution, followLogs, getLogs } from './client/executions.ts';
import { renderLog } from './render/log-line.ts';
import type { Terminal } from './terminal.ts';

export interface WatchOptions {
  printLogs: boolean;
  minLevel: string;
  timeoutMs?: number;
}

export async function watchExecution(
  client: Client,
  id: string,
  terminal: Terminal,
  { printLogs, minLevel, timeoutMs }: WatchOptions,
): Promise<'ended' | 'timeout'> {
  const over = new AbortController();
  const patience = timeoutMs === undefined ? new AbortController().signal : AbortSignal.timeout(timeoutMs);
  const printer = new LogPrinter(terminal);
  const logs = printLogs
    ? printLive(client, id, minLevel, printer, AbortSignal.any([over.signal, patience]))
    : undefined;
  let state: State | undefined;
  try {
    for await (const execution of followExecution(client, id, patience)) state = execution.state.current;
  } finally {
    over.abort();
    await logs;
  }
  // Whatever the live stream had not sent yet when the execution ended.
  if (printLogs) for (const entry of await getLogs(client, id, minLevel)) printer.print(entry);
  return state !== undefined && isTerminalState(state) ? 'ended' : 'timeout';
}

/** Never rejects: what a broken stream left out is read once more at the end, where an error counts. */
async function printLive(client: Client, id: string, minLevel: string, printer: LogPrinter, signal: AbortSignal) {
  try {
    for await (const entry of followLogs(client, id, minLevel, signal)) printer.print(entry);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
}

/** Prints each entry once, however often it arrives. */
export class LogPrinter {
  readonly #terminal: Terminal;
  readonly #seen = new Set<string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  print(entry: LogEntry): void {
    const key = JSON.stringify([entry.timestamp, entry.taskRunId, entry.attemptNumber, entry.level, entry.message]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#terminal.out(renderLog(entry, this.#terminal.colors));
  }
}
