import { noColors, type Terminal } from '../terminal.ts';

/** A terminal without a person: what is printed is kept. */
export interface TestTerminal extends Terminal {
  printed: string[];
  noted: string[];
}

export function testTerminal({
  env = {},
  cwd = '/',
  input = '',
}: { env?: Terminal['env']; cwd?: string; input?: string } = {}): TestTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  return {
    env,
    cwd,
    colors: noColors,
    isInteractive: false,
    printed,
    noted,
    out: (line) => void printed.push(line),
    note: (line) => void noted.push(line),
    readInput: () => Promise.resolve(input),
    ask: () => Promise.reject(new Error('there is nobody to ask')),
  };
}
