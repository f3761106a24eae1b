import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SEEDS = 20;

// In a Node of its own: it takes the clock, the waiting and the chance of the whole process.
test(`the objects keep their promises in ${SEEDS} random worlds`, { timeout: 120_000 }, () => {
  const args = [join(import.meta.dirname, 'main.ts'), '--world', 'objects', '--seeds', String(SEEDS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
});
