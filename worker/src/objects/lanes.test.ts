import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

test('work that need not wait is done at once', () => {
  expect(new Lanes<string>().run('a', () => 1)).toBe(1);
});

test('work of one lane waits for what was there before it, work of another does not', async () => {
  const lanes = new Lanes<string>();
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const a1 = lanes.run('a', () => first.promise.then(() => done.push('a1')));
  const a2 = lanes.run('a', () => done.push('a2'));
  const a3 = lanes.run('a', () => done.push('a3'));
  lanes.run('b', () => done.push('b'));
  expect(done).toEqual(['b']);
  first.resolve();
  await Promise.all([a1, a2, a3]);
  expect(done).toEqual(['b', 'a1', 'a2', 'a3']);
});

test('a failure does not hold up what comes after it', async () => {
  const lanes = new Lanes<string>();
  const failing = lanes.run('a', () => Promise.reject(new Error('no')));
  const next = lanes.run('a', () => 2);
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe(2);
});

test('a lane that is empty again runs work at once', async () => {
  const lanes = new Lanes<string>();
  await lanes.run('a', () => Promise.resolve());
  await Promise.resolve();
  expect(lanes.isBusy('a')).toBe(false);
  expect(lanes.run('a', () => 3)).toBe(3);
});
