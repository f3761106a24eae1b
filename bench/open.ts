/** Flows that arrive whether or not the ones before have ended, as the published benchmark of Kestra has them. */
import { openLoop } from './load.ts';
import { startProduct } from './peers/product.ts';
import type { Product } from './peers/product.ts';
import type { Bench, Program } from './program.ts';
import { mean, median, percentile, round } from './statistics.ts';

const SECONDS = 60;
const WARM = 200;

const TWO_TASKS = `id: two
namespace: bench
tasks:
- id: output
  type: io.kestra.plugin.core.output.OutputValues
  values: { some: "{{ execution.id }}" }
- id: log
  type: io.kestra.plugin.core.log.Log
  message: "{{ outputs.output.values.some }}"
`;

const FIVE_IF = `id: five
namespace: bench
tasks:
${Array.from(
  { length: 5 },
  (_, n) => `- id: if${n}
  type: io.kestra.plugin.core.flow.If
  condition: "{{ ${n} >= 0 }}"
  then:
  - id: log${n}
    type: io.kestra.plugin.core.log.Log
    message: "step ${n} of {{ flow.id }}"
`,
).join('')}`;

export const open: Program = {
  title: 'the two-task flow at 1,000 and 4,000 a minute, five If and five Log at 1,000: latency from the moment due',
  async run(bench) {
    const product = await startProduct();
    try {
      await product.deploy(TWO_TASKS);
      await product.deploy(FIVE_IF);
      for (let n = 0; n < WARM; n++) await product.start(n % 2 === 0 ? 'two' : 'five');
      const two = await measure(bench, product, 'two', 1000);
      const five = await measure(bench, product, 'five', 1000);
      bench.print({ ratio: { fiveToTwo: round(five / two) } });
      await measure(bench, product, 'two', 4000);
    } finally {
      await product.stop();
    }
  },
};

async function measure({ print }: Bench, product: Product, flow: string, perMinute: number): Promise<number> {
  const before = product.usage();
  const { latencies, ms } = await openLoop(perMinute, SECONDS, async () => void (await product.start(flow)));
  const cpuMs = (product.usage().cpuMs - before.cpuMs) / latencies.length;
  print({
    ...{ flow, perMinute, executions: latencies.length, avg: round(mean(latencies)), p50: round(median(latencies)) },
    p99: round(percentile(latencies, 0.99)),
    ...{ cpuMs: round(cpuMs), sustained: ms < SECONDS * 1000 + 1_000 },
  });
  return mean(latencies);
}
