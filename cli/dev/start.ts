/** `npm start`: runs Rondo until Ctrl-C. */
import { relative } from 'node:path';
import { CliError, messageOf } from '../src/cli-error.ts';
import { processTerminal } from '../src/terminal.ts';
import { startRondo, type Rondo } from './rondo.ts';
import { readSettings } from './settings.ts';

const { colors, out, note } = processTerminal();

try {
  const rondo = await startRondo(await readSettings(process.env), (step) => note(colors.dim(`${step} …`)));
  out(announcement(rondo));
  const reason = await Promise.race([interrupted(), rondo.failed]);
  note(reason === undefined ? colors.dim('stopping …') : `${colors.red('error:')} ${reason}`);
  await rondo.stop();
  process.exitCode = reason === undefined ? 0 : 1;
} catch (error) {
  note(`${colors.red('error:')} ${messageOf(error)}`);
  if (error instanceof CliError && error.remedy !== undefined) note(`  → ${error.remedy}`);
  process.exitCode = 1;
}

function interrupted(): Promise<undefined> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(undefined));
  });
}

function announcement({ url, credentials, state, runner }: Rondo): string {
  const runs = runner === undefined ? 'none (RONDO_RUNNER=off)' : 'one, here; it runs scripts as processes of this machine';
  const rows = [
    ['dashboard', colors.bold(url)],
    ['e-mail', credentials.email],
    ['password', credentials.password],
    ['tenant', credentials.tenant],
    ['API token', credentials.token],
    ['runner', runs],
    ['network', 'flows may call services on this machine'],
    ['state', `${relative(process.cwd(), state.path) || state.path} (delete it to begin anew)`],
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
