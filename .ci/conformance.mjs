/** Runs the conformance cases against a fresh Rondo and holds it to those that are known to pass.
 *
 *  node .ci/conformance.mjs SUITE            every name in conformance-passing.txt must pass
 *  node .ci/conformance.mjs SUITE --update   adds the names that pass now; names are never taken away */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startRondo } from '../cli/dev/rondo.ts';
import { freePort, ROOT } from '../cli/dev/settings.ts';

const KNOWN = join(ROOT, '.ci/conformance-passing.txt');

const [suite = '', ...flags] = process.argv.slice(2);
const known = (await readFile(KNOWN, 'utf8')).split('\n').filter((name) => name !== '');
const { passing, second } = await runCases(resolve(suite));
const fresh = [...passing].filter((name) => !known.includes(name));

if (flags.includes('--update')) {
  await writeFile(
    KNOWN,
    [...known, ...fresh]
      .toSorted()
      .map((name) => `${name}\n`)
      .join(''),
  );
  console.log(`${fresh.length} names added`);
} else if (fresh.length > 0) console.log(`${fresh.length} more cases pass than are known; --update adds them`);

for (const name of second) console.log(`passed only when run alone: ${name}`);
const failed = known.filter((name) => !passing.has(name));
for (const name of failed) console.log(`FAIL  ${name} passed before`);
console.log(`${known.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runCases(folder) {
  const state = await mkdtemp(join(tmpdir(), 'rondo-conformance-'));
  const report = join(state, 'report.json');
  const rondo = await startRondo({ port: await freePort(), state, withRunner: false }, () => undefined);
  try {
    const env = {
      ...process.env,
      RONDO_URL: rondo.url,
      RONDO_TOKEN: rondo.credentials.token,
      RONDO_RUNNER_COMMAND: `exec ${process.execPath} ${join(ROOT, '.ci/runner.mjs')}`,
    };
    const run = async (...args) => {
      await end(
        spawn(process.execPath, [join(folder, 'run.mjs'), '--runner', '--json', report, ...args], {
          cwd: ROOT,
          env,
          stdio: 'inherit',
        }),
      );
      const { cases } = JSON.parse(await readFile(report, 'utf8'));
      return cases.filter(({ outcome }) => outcome === 'pass').map(({ name }) => name);
    };
    const passing = new Set(await run());
    // The cases have time limits of their own, and four run at once: on a busy machine one may miss its limit. What missed it is
    // run once more, alone, and named.
    const second = known.filter((name) => !passing.has(name));
    for (const name of second) for (const one of await run('--name', name, '--jobs', '1')) passing.add(one);
    return { passing, second: second.filter((name) => passing.has(name)) };
  } finally {
    await rondo.stop();
    await rm(state, { recursive: true, force: true });
  }
}

function end(child) {
  return new Promise((done) => child.once('exit', done));
}
