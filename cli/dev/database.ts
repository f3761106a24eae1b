/** Brings the local databases to the newest migration. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../src/cli-error.ts';
import { runToEnd } from './process.ts';
import { ROOT } from './settings.ts';
import type { StateDirectory } from './state-directory.ts';
import { wrangler } from './wrangler.ts';

const DATABASES = { DIRECTORY: 'migrations/directory', DATA_0: 'migrations/data' };

/** Asking wrangler costs seconds, so it is asked only when there is a migration that this directory has not seen. */
export async function migrate(state: StateDirectory): Promise<void> {
  const stamp = join(state.storage, 'migrations.sha256');
  const wanted = digest(Object.values(DATABASES));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // One after the other: both take the same lock in the state directory.
  for (const binding of Object.keys(DATABASES)) await migrateOne(binding, state);
  writeFileSync(stamp, wanted);
}

async function migrateOne(binding: string, state: StateDirectory): Promise<void> {
  const call = wrangler(['d1', 'migrations', 'apply', binding, '--local'], state, `migrate-${binding.toLowerCase()}`);
  const { ok, tail } = await runToEnd(...call);
  if (ok) return;
  throw new CliError(`the database ${binding} in ${state.path} cannot be migrated:\n${tail}`, {
    remedy: 'delete the state directory to begin anew, or choose another with RONDO_STATE',
  });
}

function digest(folders: string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const name of readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.sql'))
      .sort()) {
      hash.update(`${name}\0`).update(readFileSync(join(ROOT, folder, name)));
    }
  }
  return hash.digest('hex');
}
