import * as idempotencyKeys from '../db/idempotency-keys.ts';
import { dataShards } from '../env.ts';
import type { Env } from '../env.ts';

export async function purgeIdempotencyKeys(env: Env, now: number): Promise<void> {
  await Promise.all(dataShards(env).map((database) => idempotencyKeys.purge(database, now)));
}
