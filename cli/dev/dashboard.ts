/** Builds the dashboard when its sources are newer than what was built. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../src/cli-error.ts';
import { runToEnd } from './process.ts';
import { ROOT } from './settings.ts';

const BUILT = join(ROOT, 'web/build/index.html');

/** What ends up in the bundle: the pages, and the pure parts of the Worker that run in the browser too. */
const SOURCES = [
  'web/src',
  'web/static',
  'web/vite.config.ts',
  'package-lock.json',
  ...['protocol', 'expression', 'flow', 'engine', 'schedule', 'tasks', 'triggers'].map(
    (folder) => `worker/src/${folder}`,
  ),
];

export function isDashboardStale(): boolean {
  return !existsSync(BUILT) || SOURCES.some((source) => newestIn(join(ROOT, source)) > statSync(BUILT).mtimeMs);
}

export async function buildDashboard(logFile: string): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const { ok, tail } = await runToEnd(process.execPath, [vite, 'build'], {
    cwd: join(ROOT, 'web'),
    env: process.env,
    logFile,
  });
  if (!ok) {
    throw new CliError(`the dashboard does not build:\n${tail}`, { remedy: `mend it; the whole log is in ${logFile}` });
  }
}

function newestIn(path: string): number {
  if (!existsSync(path)) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.includes('.test.'),
  );
  return Math.max(0, ...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
