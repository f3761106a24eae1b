/** A runner for one tenant (RONDO_URL, RONDO_TENANT, RONDO_TOKEN), until a signal ends it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRunner } from '../cli/dev/runner.ts';

const { RONDO_URL: url, RONDO_TENANT: tenant, RONDO_TOKEN: token } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'rondo-runner-'));
const interrupted = new Promise((done) => ['SIGTERM', 'SIGINT'].forEach((signal) => process.once(signal, done)));
const runner = await startRunner(
  { url, tenant, token },
  { directory, logFile: (name) => join(directory, `${name}.log`) },
);
await Promise.race([interrupted, runner.ended]);
await runner.stop();
await rm(directory, { recursive: true, force: true });
