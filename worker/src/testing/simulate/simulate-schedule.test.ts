import { expect, test } from 'vitest';
import { simulateSchedule } from './simulate-schedule.ts';

const SEEDS = 200;

test(`schedules and backfills keep their promises in ${SEEDS} random lives`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { broken, trace, flow } = await simulateSchedule(seed);
    expect(broken, `seed ${seed}\n${trace.slice(-60).join('\n')}\n${JSON.stringify(flow)}`).toEqual([]);
  }
}, 120_000);
