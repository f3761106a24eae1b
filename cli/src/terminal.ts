/** The only door between the commands and the process they run in, so that a test can stand in for a shell. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import pc from 'picocolors';

export interface Terminal {
  env: Record<string, string | undefined>;
  cwd: string;
  colors: Colors;
  /** A line for the reader or for the next program in a pipe. */
  out(line: string): void;
  /** A line about what is happening; never part of the result. */
  note(line: string): void;
  /** Everything that is piped in; empty when a person sits there. */
  readInput(): Promise<string>;
  /** A question to the person; `hidden` does not echo the answer. */
  ask(question: string, hidden?: boolean): Promise<string>;
  isInteractive: boolean;
}

export type Colors = Pick<typeof pc, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta'>;

export const noColors: Colors = pc.createColors(false);

export function processTerminal(): Terminal {
  return {
    env: process.env,
    cwd: process.cwd(),
    colors: pc.createColors(process.stdout.isTTY === true && pc.isColorSupported),
    isInteractive: process.stdin.isTTY === true,
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    readInput: () => (process.stdin.isTTY ? Promise.resolve('') : text(process.stdin)),
    ask,
  };
}

async function ask(question: string, hidden = false): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  try {
    return (await reader.question('')).trim();
  } finally {
    reader.close();
    if (hidden) process.stderr.write('\n');
  }
}
