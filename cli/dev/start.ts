/** `npm start`: runs Rondo until Ctrl-C. */
import { relative } from 'node:path';
import { CliError, messageOf } from '../src/cli-error.ts';
import { processTerminal } from '../src/terminal.ts';
import { stopEveryProcess } from './process.ts';
import { startRondo, type Rondo } from './rondo.ts';
import { readSettings } from './settings.ts';

const { colors, out, note } = processTerminal();

let isInterrupted = false;
let hasStarted = false;
const interruption = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isInterrupted = true;
      done();
      // In the middle of the start nobody holds the parts together yet.
      if (!hasStarted) void stopEveryProcess();
    });
  }
});

try {
  const rondo = await startRondo(await readSettings(process.env), (step) => note(colors.dim(`${step} …`)));
  hasStarted = true;
  out(announcement(rondo));
  const failure = await Promise.race([interruption, rondo.failed]);
  if (typeof failure === 'string' && !isInterrupted) note(`${colors.red('error:')} ${failure}`);
  await rondo.stop();
} catch (error) {
  if (!isInterrupted) explain(error);
}
process.exitCode = isInterrupted ? 0 : 1;

function explain(error: unknown): void {
  note(`${colors.red('error:')} ${messageOf(error)}`);
  if (error instanceof CliError && error.remedy !== undefined) note(`  → ${error.remedy}`);
}

function announcement({ url, credentials, state, runner }: Rondo): string {
  const runs =
    runner === undefined ? 'none (RONDO_RUNNER=off)' : 'one, here; it runs scripts as processes of this machine';
  const rows = [
    ['dashboard', colors.bold(url)],
    ['e-mail', credentials.email],
    ['password', credentials.password],
    ['tenant', credentials.tenant],
    ['API token', credentials.token],
    ['runner', runs],
    ['network', 'flows may call services on this machine'],
    ['state', `${nameOf(state.path)} (delete it to begin anew)`],
  ] as const;
  return [
    '',
    colors.green(colors.bold('Rondo is ready.')),
    '',
    ...rows.map(([name, value]) => `  ${colors.dim(name.padEnd(11))}${value}`),
    '',
    colors.dim('Ctrl-C stops everything.'),
    '',
  ].join('\n');
}

/** Short below the current directory, in full elsewhere. */
function nameOf(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
