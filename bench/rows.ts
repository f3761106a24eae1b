/** Rows written: the larger part of what an execution costs. */
import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop } from './load.ts';
import { startProduct } from './peers/product.ts';
import type { Product } from './peers/product.ts';
import type { Program } from './program.ts';
import { round } from './statistics.ts';

const SHARDS = 8;
const COUNT = 200;
/** Facts are sent, and outboxes tidied, a moment after the end. */
const SETTLED_MS = 1_500;

export const rows: Program = {
  title: 'rows and alarms written by the objects for each execution of n pure tasks',
  async run({ print }) {
    const product = await startProduct({ entry: 'bench/workers/counting.ts' });
    try {
      for (const tasks of [1, 2, 10, 100]) {
        const job = { name: `r${tasks}`, shape: 'sequence', tasks } as const;
        await product.prepare(job);
        for (const inFlight of [1, 32]) {
          await delay(SETTLED_MS);
          const before = await written(product);
          await closedLoop(COUNT, inFlight, () => product.run(job));
          await delay(SETTLED_MS);
          const after = await written(product);
          const [rowsEach, alarms] = [(after.rows - before.rows) / COUNT, (after.alarms - before.alarms) / COUNT];
          print({ tasks, inFlight, rows: round(rowsEach), alarms: round(alarms), must: 4 + 0.2 * tasks });
        }
      }
    } finally {
      await product.stop();
    }
  },
};

async function written({ runtime }: Product): Promise<{ rows: number; alarms: number }> {
  const objects = await runtime.miniflare.getDurableObjectNamespace('EXECUTIONS', 'rondo');
  const all = await Promise.all(
    Array.from({ length: SHARDS }, async (_, shard) => {
      const stub = objects.getByName(`1/execution/${shard}`) as unknown as {
        written(): Promise<{ rows: number; alarms: number }>;
      };
      return stub.written();
    }),
  );
  return { rows: sum(all.map((one) => one.rows)), alarms: sum(all.map(({ alarms }) => alarms)) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
