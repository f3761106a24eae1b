/** Every minute: schedulers wake themselves by their alarms; this pokes each of them from time to time, so that a lost alarm
 *  or a lock whose execution is gone stays for minutes and not for ever. */
import * as schedulers from '../db/schedulers.ts';
import { directoryOf } from '../db/directory.ts';
import * as tenants from '../db/tenants.ts';
import { dataShards } from '../env.ts';
import type { Env } from '../env.ts';
import { SCHEDULERS_POKED_MAX } from '../limits.ts';
import { Tenant } from '../tenant.ts';

const MINUTE_MS = 60_000;

export async function pokeSchedulers(env: Env, at: number): Promise<void> {
  for (const database of dataShards(env)) {
    const parts = Math.ceil((await schedulers.count(database)) / SCHEDULERS_POKED_MAX);
    if (parts === 0) continue;
    const part = Math.floor(at / MINUTE_MS) % parts;
    const keys = await schedulers.list(database, part * SCHEDULERS_POKED_MAX, SCHEDULERS_POKED_MAX);
    const records = await Promise.all(keys.map((key) => tenants.findByKey(directoryOf(env), key)));
    const known = records.filter((record) => record !== undefined);
    const poked = await Promise.allSettled(known.map((record) => new Tenant(env, record).scheduler().poke()));
    for (const { reason } of poked.filter((one) => one.status === 'rejected')) {
      console.error('a scheduler could not be poked', reason);
    }
  }
}
