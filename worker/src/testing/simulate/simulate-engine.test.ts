import { expect, test } from 'vitest';
import { simulateEngine } from './simulate-engine.ts';

const SEEDS = 300;

test(`the engine keeps its promises in ${SEEDS} random worlds`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { broken, trace, flow } = await simulateEngine(seed);
    expect(broken, `seed ${seed}\n${trace.slice(-60).join('\n')}\n${JSON.stringify(flow)}`).toEqual([]);
  }
});
