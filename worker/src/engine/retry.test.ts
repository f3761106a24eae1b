import { describe, expect, test } from 'vitest';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';
import { nextAttemptAt } from './retry.ts';

const fetch = (retry: string) =>
  flowWithTasks(`  - { id: fetch, type: core.http.Request, uri: 'https://x.test', retry: ${retry} }`);

describe('a task with two attempts, ten seconds apart', () => {
  const flow = fetch('{ type: constant, maxAttempts: 2, interval: PT10S }');

  test('waits, runs again, and fails the execution when the last attempt fails', () =>
    scenario(flow, [
      [on.start(), will.run('fetch')],
      [on.fail('fetch'), will.wait('PT10S'), will.be('RETRYING')],
      [on.tick('PT10S'), will.run('fetch'), will.be('RUNNING')],
      [on.fail('fetch'), will.finish('FAILED')],
    ]));

  test('succeeds when the second attempt does', () =>
    scenario(flow, [
      [on.start()],
      [on.fail('fetch')],
      [on.tick('PT10S')],
      [on.succeed('fetch', { code: 200 }), will.finish('SUCCESS'), will.output('fetch', { code: 200 })],
    ]));

  test('is killed while it waits, and never tried again', () =>
    scenario(flow, [
      [on.start()],
      [on.fail('fetch')],
      [on.kill(), will.finish('KILLED')],
      [on.tick('PT1H'), will.run()],
    ]));
});

test('a success after a failed attempt is a warning when the task says so', () =>
  scenario(fetch('{ type: constant, maxAttempts: 3, interval: PT1S, warningOnRetry: true }'), [
    [on.start()],
    [on.fail('fetch')],
    [on.tick('PT1S')],
    [on.succeed('fetch'), will.finish('WARNING')],
  ]));

test('a retry is inherited from the nearest task around, and errors wait until it is exhausted', () =>
  scenario(
    flowWithTasks(
      `
  - id: around
    type: core.flow.Sequential
    retry: { type: constant, maxAttempts: 2, interval: PT1S }
    tasks:
      - { id: fetch, type: core.http.Request, uri: 'https://x.test' }
`,
      'errors:\n  - { id: alert, type: core.debug.Return, format: alert }',
    ),
    [
      [on.start(), will.run('fetch')],
      [on.fail('fetch'), will.show('around', 'fetch')],
      [on.tick('PT1S'), will.run('fetch')],
      [on.fail('fetch'), will.finish('FAILED'), will.show('around', 'fetch', 'alert')],
    ],
  ));

test('CREATE_NEW_EXECUTION ends this execution as RETRIED and asks for another one', () =>
  scenario(fetch('{ type: constant, behavior: CREATE_NEW_EXECUTION, maxAttempts: 2, interval: PT5S }'), [
    [on.start()],
    [on.fail('fetch'), will.finish('RETRIED'), will.have({ fetch: 'RETRIED' }), will.ask('retry-execution')],
  ]));

describe('the time of the next attempt', () => {
  const common = { behavior: 'RETRY_FAILED_TASK', warningOnRetry: false } as const;
  const made = (count: number) => ({ count, firstAt: 0, now: 1_000, seed: 's' });

  test('grows by its factor up to its maximum', () => {
    const retry = { ...common, type: 'exponential', intervalMs: 100, intervalMsMax: 500, delayFactor: 2 } as const;
    expect([1, 2, 3, 4].map((count) => nextAttemptAt(retry, made(count)))).toEqual([1_100, 1_200, 1_400, 1_500]);
  });

  test('is random within its bounds, and the same for the same attempt', () => {
    const retry = { ...common, type: 'random', intervalMsMin: 100, intervalMsMax: 200 } as const;
    const at = nextAttemptAt(retry, made(1));
    expect(at).toBeGreaterThanOrEqual(1_100);
    expect(at).toBeLessThan(1_200);
    expect(nextAttemptAt(retry, made(1))).toBe(at);
  });

  test('does not come when it would pass the maximum duration', () => {
    const retry = { ...common, type: 'constant', intervalMs: 600, durationMsMax: 1_500 } as const;
    expect(nextAttemptAt(retry, made(1))).toBeUndefined();
  });
});
