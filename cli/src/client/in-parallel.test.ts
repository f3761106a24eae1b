import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

test('answers come in the order of the items', async () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  expect(await inParallel(items, async (item) => item * 2)).toEqual(items.map((item) => item * 2));
});

test('after a failure nothing new is begun, and nothing is under way when it is told', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const items = Array.from({ length: 50 }, (_, index) => index);
  const asking = inParallel(items, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error('no');
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    ended.push(item);
  });
  await expect(asking).rejects.toThrow('no');
  expect(begun.length).toBeLessThan(50);
  expect(ended.length).toBe(begun.length - 1);
});
