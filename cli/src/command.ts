/** What a command is, how its arguments are read, and how its help page looks. */
import { parseArgs } from 'node:util';
import { CliError, messageOf } from './cli-error.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface Command {
  name: string;
  summary: string;
  /** The positional arguments as the usage line shows them. */
  usage: string;
  options: Options;
  examples: string[];
  run(args: Arguments, terminal: Terminal): Promise<ExitCode>;
}

export type Options = Record<string, Option>;

export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** The name of the value in the help page. */
  value?: string;
  help: string;
}

/** Options of every command that talks to a server. */
export const SERVER_OPTIONS: Options = {
  url: { type: 'string', value: 'URL', help: 'the server (RONDO_URL)' },
  tenant: { type: 'string', value: 'ID', help: 'the tenant (RONDO_TENANT)' },
  token: { type: 'string', value: 'TOKEN', help: 'an API token; RONDO_TOKEN keeps it out of the process list' },
  profile: { type: 'string', value: 'NAME', help: 'a profile that `rondo login` saved (RONDO_PROFILE)' },
};

export const COMMON_OPTIONS: Options = {
  json: { type: 'boolean', help: 'print JSON' },
  help: { type: 'boolean', short: 'h', help: 'print this page' },
};

/** The values of one call, read by name; a name that the command did not declare reads as absent. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Record<string, unknown>;

  constructor(positionals: string[], values: Record<string, unknown>) {
    this.positionals = positionals;
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  list(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** The positional argument at `index`; `name` is what the message calls it. */
  required(index: number, name: string): string {
    const value = this.positionals[index];
    if (value === undefined) throw new CliError(`${name} is missing`, { remedy: 'see --help for the arguments' });
    return value;
  }
}

export function readArguments(command: Command, argv: string[]): Arguments {
  const options = { ...command.options, ...COMMON_OPTIONS };
  try {
    const { values, positionals } = parseArgs({
      args: argv.map(twoDashes),
      options,
      allowPositionals: true,
      strict: true,
    });
    return new Arguments(positionals, values);
  } catch (error) {
    const [sentence = ''] = messageOf(error).split('. ');
    throw new CliError(sentence, { remedy: `rondo ${command.name} --help lists the options`, cause: error });
  }
}

/** `-out` is `--out`: the habit of those who come from Terraform, and no bundle of short options of ours. */
function twoDashes(argument: string): string {
  return /^-[a-z]{3}/.test(argument) ? `-${argument}` : argument;
}

export function helpPage(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  const rows = options.map(([name, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    return [`  ${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `${command.summary}`,
    '',
    `Usage: rondo ${`${command.name} ${command.usage}`.trim()} [options]`,
    '',
    'Options:',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}
