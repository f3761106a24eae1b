/** Facts of executions on their way into the index: many messages, one statement for each database. A message that cannot
 *  be written is tried again by the queue, and in the end kept in its dead-letter queue. */
import * as executions from '../db/executions.ts';
import type { TenantFact } from '../db/executions.ts';
import { dataShards } from '../env.ts';
import type { Env } from '../env.ts';
import type { FactsMessage } from '../protocol/fact.ts';

export async function indexFacts(batch: MessageBatch<FactsMessage>, env: Env): Promise<void> {
  const shards = Map.groupBy(batch.messages, ({ body }) => body.dataShard);
  await Promise.all(
    [...shards].map(async ([shard, messages]) => {
      const database = dataShards(env)[shard];
      if (database === undefined) throw new Error(`facts for the data shard ${shard}, which has no binding`);
      const facts = messages.flatMap(({ body }) =>
        body.facts.map((fact): TenantFact => ({ ...fact, tenant: body.tenant })),
      );
      await executions.record(database, facts);
      for (const { body } of messages) await executions.forget(database, body.tenant, body.deleted);
    }),
  );
}
