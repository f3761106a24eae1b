/** After a new master secret was put first: seals the values of all tenants anew, some each minute, until the old one can go. */
import * as secrets from '../db/secrets.ts';
import { configOf, dataShards } from '../env.ts';
import type { Env } from '../env.ts';
import { SECRETS_RESEALED_MAX } from '../limits.ts';

export async function resealSecrets(env: Env): Promise<void> {
  const { secrets: masters } = configOf(env);
  for (const database of dataShards(env)) await secrets.reseal(database, masters, SECRETS_RESEALED_MAX);
}
