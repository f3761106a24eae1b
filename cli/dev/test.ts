/** `npm test`: every check, one after the other, a section each. The last line is `N passed, M failed`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { processTerminal } from '../src/terminal.ts';
import { buildDashboard, isDashboardStale } from './dashboard.ts';
import { ROOT } from './settings.ts';

const RESULTS = join(ROOT, 'test-results');

interface Counts {
  passed: number;
  failed: number;
}

interface Step {
  title: string;
  /** A program of node_modules/.bin with its arguments. */
  command: string[];
  cwd?: string;
  /** Vitest says itself how many passed; any other program is one check. */
  counts?: 'vitest';
}

const { colors, out } = processTerminal();

const STEPS: Step[] = [
  { title: 'Types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  {
    title: 'Types of the dashboard',
    command: ['svelte-check', '--tsconfig', './tsconfig.json', '--threshold', 'error'],
    cwd: 'web',
  },
  { title: 'Lint', command: ['oxlint'] },
  { title: 'Format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { title: 'Unit tests and import boundaries', command: ['vitest', 'run', '--project', 'node'], counts: 'vitest' },
  { title: 'Component tests', command: ['vitest', 'run', '--project', 'web'], counts: 'vitest' },
  { title: 'Worker tests in workerd', command: ['vitest', 'run', '--project', 'worker'], counts: 'vitest' },
  {
    title: 'End to end: the built product, a browser, a runner, a crash',
    command: ['vitest', 'run', '--config', 'e2e/vitest.config.ts'],
    counts: 'vitest',
  },
];

const VitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });
const started = Date.now();
const totals: Counts = { passed: 0, failed: 0 };
const broken: string[] = [];

await section('Dashboard build', async () => {
  if (isDashboardStale()) await buildDashboard(join(RESULTS, 'dashboard-build.log'));
  return { passed: 1, failed: 0 };
});
for (const step of STEPS) await section(step.title, () => perform(step));

out('');
if (broken.length > 0) out(`${colors.red('failed:')} ${broken.join(', ')}`);
out(colors.dim(`${Math.round((Date.now() - started) / 1000)} s`));
out(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function section(title: string, check: () => Promise<Counts>): Promise<void> {
  out(`\n${colors.bold(colors.cyan(`▌ ${title}`))}`);
  const begin = Date.now();
  const { passed, failed } = await check().catch((error: unknown) => {
    out(String(error));
    return { passed: 0, failed: 1 };
  });
  totals.passed += passed;
  totals.failed += failed;
  if (failed > 0) broken.push(title);
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  out(
    `${failed === 0 ? colors.green('✓') : colors.red('✗')} ${title}: ${passed} passed, ${failed} failed ${colors.dim(`${seconds} s`)}`,
  );
}

async function perform({ title, command, cwd = '.', counts }: Step): Promise<Counts> {
  const reportFile = join(RESULTS, `${title.toLowerCase().replace(/[^a-z]+/g, '-')}.json`);
  const reporters =
    counts === undefined ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const isOk = await run([...command, ...reporters], join(ROOT, cwd));
  return counts === undefined || !existsSync(reportFile) ? one(isOk) : readCounts(reportFile, isOk);
}

/** A run that failed without a failed test (an import that broke, a crash) counts as one failure. */
function readCounts(reportFile: string, isOk: boolean): Counts {
  const { numPassedTests, numFailedTests } = VitestReport.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  return { passed: numPassedTests, failed: isOk ? numFailedTests : Math.max(1, numFailedTests) };
}

function one(isOk: boolean): Counts {
  return isOk ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function run([program = '', ...args]: string[], cwd: string): Promise<boolean> {
  const path = join(ROOT, 'node_modules/.bin', program);
  return new Promise((done) => {
    const child = spawn(path, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('exit', (code) => done(code === 0));
    child.once('error', () => done(false));
  });
}
