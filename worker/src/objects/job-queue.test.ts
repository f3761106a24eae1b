import { describe, expect, test } from 'vitest';
import { fits, JobQueue, type QueuedJob } from './job-queue.ts';

const anyRunner = { id: 'r1', tags: [], taskRunners: ['process'] };
let order = 0;

function job(flow: string, more: Partial<QueuedJob> = {}): QueuedJob {
  order++;
  return { id: `${flow}${order}`, flow, priority: 0, order, tags: [], match: 'ALL', taskRunners: [], ...more };
}

function queueOf(...jobs: QueuedJob[]): JobQueue {
  const queue = new JobQueue();
  for (const each of jobs) queue.add(each);
  return queue;
}

const flows = (jobs: QueuedJob[]) => jobs.map(({ flow }) => flow).join('');

describe('a queue of jobs', () => {
  test('serves the flows in turn, however many jobs one of them has', () => {
    const queue = queueOf(job('a'), job('a'), job('a'), job('a'), job('b'), job('b'), job('c'));
    expect(flows(queue.take(anyRunner, 7))).toBe('abcabaa');
  });

  test('serves the flow with the fewest jobs in hand first', () => {
    const queue = queueOf(job('a'), job('b'));
    queue.addInHand(job('a'));
    expect(flows(queue.take(anyRunner, 1))).toBe('b');
  });

  test('serves the flow that waited longest when none has a job in hand', () => {
    const queue = queueOf(job('a'), job('a'), job('b'));
    const served: string[] = [];
    for (let n = 0; n < 3; n++) {
      for (const { id, flow } of queue.take(anyRunner, 1)) {
        served.push(flow);
        queue.remove(id);
      }
    }
    expect(served.join('')).toBe('aba');
  });

  test('keeps the order inside a flow, also for a job that comes back', () => {
    const [first, second, third] = [job('a'), job('a'), job('a')];
    const queue = queueOf(first, second, third);
    expect(queue.take(anyRunner, 2)).toEqual([first, second]);
    queue.putBack(first.id);
    expect(queue.take(anyRunner, 2)).toEqual([first, third]);
  });

  test('lets a higher priority pass, between flows and inside one', () => {
    const [low, high, other] = [job('a'), job('a', { priority: 5 }), job('b', { priority: 1 })];
    expect(queueOf(low, high, other).take(anyRunner, 3)).toEqual([high, other, low]);
  });

  test('gives a runner only what fits it, and does not stop at a job that does not', () => {
    const [gpu, plain] = [job('a', { tags: ['gpu'] }), job('a')];
    const queue = queueOf(gpu, plain);
    expect(queue.take(anyRunner, 2)).toEqual([plain]);
    expect(queue.take({ id: 'r2', tags: ['gpu', 'eu'], taskRunners: [] }, 2)).toEqual([gpu]);
  });

  test('forgets a job that is removed, waiting or in hand', () => {
    const [first, second] = [job('a'), job('a')];
    const queue = queueOf(first, second);
    queue.take(anyRunner, 1);
    queue.remove(first.id);
    queue.remove(second.id);
    queue.putBack(first.id);
    expect(queue.take(anyRunner, 2)).toEqual([]);
    expect(queue.size).toBe(0);
  });
});

test('a selector asks for all of its tags or for any, and for a kind of task runner', () => {
  const runner = { id: 'r1', tags: ['gpu', 'eu'], taskRunners: ['process'] };
  const selects = (tags: string[], match: 'ALL' | 'ANY', ...taskRunners: string[]) =>
    fits({ tags, match, taskRunners }, runner);
  expect(selects([], 'ALL')).toBe(true);
  expect(selects([], 'ANY')).toBe(true);
  expect(selects(['gpu', 'us'], 'ANY')).toBe(true);
  expect(selects(['gpu', 'us'], 'ALL')).toBe(false);
  expect(selects(['gpu', 'eu'], 'ALL')).toBe(true);
  expect(selects([], 'ALL', 'docker')).toBe(false);
  expect(selects([], 'ALL', 'process')).toBe(true);
});

test('a job that belongs to one runner goes to it alone, whatever that has to do', () => {
  const own = job('a', { runner: 'r1', tags: ['gpu'] });
  const queue = queueOf(own, job('b'));
  expect(queue.take({ ...anyRunner, id: 'r2' }, 1).map(({ flow }) => flow)).toEqual(['b']);
  expect(queue.take(anyRunner, 0)).toEqual([own]);
  queue.putBack(own.id);
  expect(queue.size).toBe(1);
  queue.remove(own.id);
  expect(queue.take(anyRunner, 1)).toEqual([]);
});
