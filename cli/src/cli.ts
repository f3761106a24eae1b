/** Finds the command, runs it, and turns whatever it throws into a sentence and an exit code. */
import { ProblemError } from './client/problem.ts';
import { CliError, messageOf } from './cli-error.ts';
import { helpPage, readArguments, type Command } from './command.ts';
import { apply } from './commands/apply.ts';
import { diff } from './commands/diff.ts';
import { drift } from './commands/drift.ts';
import { evaluate } from './commands/eval.ts';
import { exportTree } from './commands/export.ts';
import { importTree } from './commands/import.ts';
import { login } from './commands/login.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { run } from './commands/run.ts';
import { schema } from './commands/schema.ts';
import { validate } from './commands/validate.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { renderProblem } from './render/problem.ts';
import type { Terminal } from './terminal.ts';

export const COMMANDS: readonly Command[] = [
  login,
  validate,
  plan,
  apply,
  diff,
  drift,
  exportTree,
  importTree,
  run,
  logs,
  evaluate,
  schema,
];

export async function runCli(argv: string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(overview());
    return EXIT.ok;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    report(new CliError(`there is no command \`${name}\``, { remedy: 'rondo --help lists the commands' }), terminal);
    return EXIT.error;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(helpPage(command));
    return EXIT.ok;
  }
  try {
    return await command.run(readArguments(command, rest), terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, terminal: Terminal): ExitCode {
  const { colors } = terminal;
  if (error instanceof ProblemError) {
    terminal.note(renderProblem(error, colors));
    return error.status === 401 || error.status === 403 ? EXIT.authentication : EXIT.error;
  }
  terminal.note(`${colors.red('error:')} ${messageOf(error)}`);
  if (!(error instanceof CliError)) return EXIT.error;
  if (error.remedy !== undefined) terminal.note(`  ${colors.dim('→')} ${error.remedy}`);
  return error.exitCode;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    'rondo: flows as code, from the command line',
    '',
    'Usage: rondo <command> [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    'rondo <command> --help explains one command.',
    'Server and token come from the options, then RONDO_URL, RONDO_TENANT and RONDO_TOKEN, then the profile of `rondo login`.',
  ].join('\n');
}
