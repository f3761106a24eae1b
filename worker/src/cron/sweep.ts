/** Every minute: nothing overdue stays overdue. Objects wake themselves by their alarms; this finds the executions whose alarm was
 *  lost, by what the index says about them: they should have moved on long ago. */
import * as executions from '../db/executions.ts';
import { directoryOf } from '../db/directory.ts';
import * as tenants from '../db/tenants.ts';
import { dataShards } from '../env.ts';
import type { Env } from '../env.ts';
import { isExecutionId, shardOf } from '../ids.ts';
import { SWEEP_OBJECTS_MAX, SWEEP_SILENCE_MS } from '../limits.ts';
import { Tenant } from '../tenant.ts';

export async function sweep(env: Env, at: number): Promise<void> {
  for (const database of dataShards(env)) {
    const silent = await executions.unfinished(database, at - SWEEP_SILENCE_MS, SWEEP_OBJECTS_MAX);
    const byTenant = Map.groupBy(silent, ({ tenant }) => tenant);
    for (const [key, rows] of byTenant) {
      const record = await tenants.findByKey(directoryOf(env), key);
      if (record === undefined) {
        // Facts that came after their tenant was deleted.
        await executions.forget(
          database,
          key,
          rows.map(({ id }) => id),
        );
        continue;
      }
      const tenant = new Tenant(env, record);
      const shards = Map.groupBy(rows.map(({ id }) => id).filter(isExecutionId), shardOf);
      const woken = await Promise.allSettled(
        [...shards].map(([shard, ids]) => tenant.executionShard(shard).wake(record, ids)),
      );
      for (const { reason } of woken.filter((one) => one.status === 'rejected')) {
        console.error(`a shard of tenant ${record.id} could not be woken`, reason);
      }
    }
  }
}
