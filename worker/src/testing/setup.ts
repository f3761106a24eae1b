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
  await reset();
  await applyD1Migrations(env.DIRECTORY, env.DIRECTORY_MIGRATIONS);
  await applyD1Migrations(env.DATA_0, env.DATA_MIGRATIONS);
});
