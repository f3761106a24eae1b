/** Builds the dashboard, and the runner that it gives away, when their sources are newer than what was built. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../src/cli-error.ts';
import { bundleRunner, RUNNER_ASSET } from './bundle.ts';
import { runToEnd } from './process.ts';
import { ROOT } from './settings.ts';

const BUILT = [join(ROOT, 'web/build/index.html'), RUNNER_ASSET];

/** What ends up in the bundle: the pages, and the pure parts of the Worker that run in the browser too. */
const SOURCES = [
  'web/src',
  'web/static',
  'web/vite.config.ts',
  'runners/src',
  'package-lock.json',
  ...['protocol', 'expression', 'flow', 'engine', 'schedule', 'tasks', 'triggers'].map(
    (folder) => `worker/src/${folder}`,
  ),
];

export function isDashboardStale(): boolean {
  if (!BUILT.every((file) => existsSync(file))) return true;
  const builtAt = Math.min(...BUILT.map((file) => statSync(file).mtimeMs));
  return SOURCES.some((source) => newestIn(join(ROOT, source)) > builtAt);
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
  await bundleRunner(RUNNER_ASSET);
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
