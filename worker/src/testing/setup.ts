/** Every test begins with empty storage and the newest tables. */
import { applyD1Migrations, env, reset } from 'cloudflare:test';
import type { D1Migration } from 'cloudflare:test';
import { beforeEach } from 'vitest';
import type { Env as WorkerEnv } from '../env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {
      DIRECTORY_MIGRATIONS: D1Migration[];
      DATA_MIGRATIONS: D1Migration[];
    }
  }
}

beforeEach(async () => {
  await empty();
  await applyD1Migrations(env.DIRECTORY, env.DIRECTORY_MIGRATIONS);
  await applyD1Migrations(env.DATA_0, env.DATA_MIGRATIONS);
  await neverReuseKeys();
});

/** What the Worker remembers in its memory outlives a test and is named by the tenant's key, which a deployment never gives twice:
 *  each test begins where the clock stands, in hundredths of a second. */
async function neverReuseKeys(): Promise<void> {
  const key = Math.floor(Date.now() / 10) % 2_000_000_000;
  await env.DIRECTORY.prepare("insert into sqlite_sequence (name, seq) values ('tenant', ?)").bind(key).run();
}

const RESETS_MAX = 3;

/** Between two files a reset can come to nothing when the machine is busy: it counts when tables and files are gone. */
async function empty(): Promise<void> {
  for (let n = 0; n < RESETS_MAX; n++) {
    await reset();
    const { objects } = await env.STORAGE.list({ limit: 1 });
    if (objects.length === 0 && (await isEmpty(env.DIRECTORY)) && (await isEmpty(env.DATA_0))) return;
  }
  throw new Error('the storage could not be emptied');
}

async function isEmpty(database: D1Database): Promise<boolean> {
  const table = await database.prepare("select 1 from sqlite_master where name = 'd1_migrations'").first();
  return table === null;
}
