/** Memory: after 10,000 executions an object and the Worker may hold hardly more than after 1,000. */
import { closedLoop } from './load.ts';
import { startProduct } from './peers/product.ts';
import type { Program } from './program.ts';
import { round } from './statistics.ts';

const IN_FLIGHT = 32;

export const growth: Program = {
  title: 'memory after 1,000 and after 10,000 executions',
  async run({ print }) {
    const product = await startProduct();
    try {
      const job = { name: 'j1', shape: 'sequence', tasks: 1 } as const;
      await product.prepare(job);
      await closedLoop(1_000, IN_FLIGHT, () => product.run(job));
      const early = product.usage().rss;
      await closedLoop(9_000, IN_FLIGHT, () => product.run(job));
      const late = product.usage().rss;
      print({ rssMb: [Math.round(early / 1e6), Math.round(late / 1e6)], ratio: { growth: round(late / early) } });
    } finally {
      await product.stop();
    }
  },
};
