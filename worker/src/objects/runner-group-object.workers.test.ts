import { evictDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  RUNNER_CANCEL_FORCED_MS,
  RUNNER_LOST_MS,
  RUNNER_OFFER_MS,
  RUNNER_RENEW_MS,
  RUNNER_SESSION_MS,
} from '../limits.ts';
import { codeOf, newKeys, publicKeyOf, SPEC, TestGroup, valueOf } from '../testing/test-runner.ts';
import type { TestRunner } from '../testing/test-runner.ts';

let group: TestGroup;
beforeEach(async () => {
  group = await TestGroup.create();
});

const told = () => group.executions.events.map((event) => ({ ...event, at: undefined }));
const finished = (state: string, outputs?: object) => ({
  type: 'task.finished',
  taskRun: 0,
  attempt: 1,
  state,
  ...(outputs && { outputs }),
});

describe('a job', () => {
  test('is offered, claimed, renewed and completed once', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    expect(await runner.poll()).toEqual([job]);
    expect(await runner.poll()).toEqual([]);
    const claimed = await runner.claim(job);
    expect(claimed).toMatchObject({ jobId: job, attempt: 1, secrets: ['s3cret'], spec: SPEC });
    expect(valueOf(await runner.heartbeat(claimed))).toEqual({ drain: false });
    const metrics = [{ name: 'rows', type: 'counter', value: 1, tags: {} }];
    valueOf(await runner.complete(claimed, { outputs: { exitCode: 0 }, metrics }));
    valueOf(await runner.complete(claimed));
    expect(group.executions.started).toEqual([`A00000000000000000000x/0/1 on ${runner.id}`]);
    expect(told()).toEqual([finished('SUCCESS', { exitCode: 0 })]);
    expect(group.executions.metrics).toEqual([metrics]);
    expect(await runner.poll()).toEqual([]);
  });

  test('that is offered twice is one job, also after its end', async () => {
    const runner = await group.runner();
    const jobId = await group.offer();
    await group.offer({ jobId });
    expect(await runner.poll()).toEqual([jobId]);
    await runner.complete(await runner.claim(jobId));
    await group.offer({ jobId });
    expect(await runner.poll()).toEqual([]);
    expect(told().length).toBe(1);
  });

  test('whose rendering touched no secret brings its spec, and the start is told', async () => {
    const runner = await group.runner();
    const job = await group.offer({ spec: JSON.stringify(SPEC) });
    await runner.poll();
    expect((await runner.claim(job)).secrets).toEqual([]);
    await runner.complete(await runner.claim(job));
    expect(group.executions.started).toEqual([]);
    expect(told()).toEqual([
      { type: 'task.started', taskRun: 0, attempt: 1, workerId: runner.id },
      finished('SUCCESS', {}),
    ]);
  });

  test('that nobody claims is offered again', async () => {
    const [first, second] = [await group.runner(), await group.runner()];
    const job = await group.offer();
    expect(await first.poll()).toEqual([job]);
    expect(await second.poll()).toEqual([]);
    expect(codeOf(await group.stub.claim(second.token, job, { attemptId: 'another-1' }))).toBe('conflict');
    await group.pass(RUNNER_OFFER_MS);
    expect(await second.poll()).toEqual([job]);
  });

  test('cannot be claimed by a runner that it does not ask for, not even by its id', async () => {
    const [plain, gpu] = [await group.runner(), await group.runner(['gpu'])];
    const job = await group.offer({ tags: ['gpu'] });
    expect(codeOf(await group.stub.claim(plain.token, job, { attemptId: 'sly-1' }))).toBe('conflict');
    expect(group.executions.started).toEqual([]);
    expect(await gpu.claim(job)).toMatchObject({ secrets: ['s3cret'] });
  });

  test('keeps its claim when the answer was lost and the runner asks again', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    const [first, again] = [await runner.claim(job, 'the-same'), await runner.claim(job, 'the-same')];
    expect(again.fence).toBe(first.fence);
    expect(codeOf(await group.stub.claim(runner.token, job, { attemptId: 'another-1' }))).toBe('conflict');
    valueOf(await runner.complete(again));
  });

  test('whose runner falls silent is lost, with the reason, and the late runner is refused', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    const claimed = await runner.claim(job);
    await group.pass(RUNNER_LOST_MS - 1);
    expect(told()).toEqual([]);
    await group.pass(1);
    expect(told()).toMatchObject([
      {
        type: 'task.lost',
        taskRun: 0,
        attempt: 1,
        message: expect.stringMatching(/test runner was lost: .* 90 s, last at 2026-11-20T12:00/),
      },
    ]);
    expect(codeOf(await runner.heartbeat(claimed))).toBe('stale_fence');
    expect(codeOf(await runner.complete(claimed))).toBe('stale_fence');
    expect(told().length).toBe(1);
    const { jobs } = await group.stub.status('default');
    expect(jobs[0]).toMatchObject({ state: 'DONE', note: expect.stringMatching(/; 2 late writes refused$/) });
  });

  test('lives as long as it is renewed', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'long' });
    await runner.poll();
    const claimed = await runner.claim('long');
    for (let n = 0; n < 20; n++) {
      await group.pass(RUNNER_RENEW_MS);
      valueOf(await runner.heartbeat(claimed));
    }
    expect(told()).toEqual([]);
  });

  test('goes back to the queue when its execution cannot be reached at the claim', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    group.executions.isReachable = false;
    expect(codeOf(await group.stub.claim(runner.token, job, { attemptId: 'attempt-1' }))).toBe('unavailable');
    group.executions.isReachable = true;
    expect(await runner.poll()).toEqual([job]);
    await runner.claim(job);
  });

  test('is dropped when its attempt may not start any more', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    group.executions.start = { kind: 'over', reason: 'the execution was killed' };
    expect(codeOf(await group.stub.claim(runner.token, job, { attemptId: 'attempt-1' }))).toBe('expired');
    await group.pass(RUNNER_OFFER_MS);
    expect(await runner.poll()).toEqual([]);
    expect(told()).toEqual([]);
  });

  test('that its runner gives back is lost, so that the engine decides what comes next', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'back' });
    await runner.poll();
    valueOf(await runner.complete(await runner.claim('back'), { state: 'RELEASED' }));
    expect(told()).toMatchObject([{ type: 'task.lost', message: 'The runner was stopped (RUNNER_SHUTDOWN)' }]);
  });

  test('survives the eviction of its object, offered, claimed or queued', async () => {
    const runner = await group.runner();
    for (const jobId of ['running', 'offered', 'queued']) await group.offer({ jobId });
    expect(await runner.poll(2)).toEqual(['running', 'offered']);
    const claimed = await runner.claim('running');
    await evictDurableObject(group.stub);
    await group.prepare();
    valueOf(await runner.heartbeat(claimed));
    expect(await runner.poll()).toEqual(['queued']);
    await runner.claim('offered', 'attempt-2');
    valueOf(await runner.complete(claimed));
    expect(told()).toEqual([finished('SUCCESS', {})]);
  });

  test('tells its end again until the execution takes it', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'told' });
    await runner.poll();
    const claimed = await runner.claim('told');
    group.executions.isReachable = false;
    valueOf(await runner.complete(claimed));
    await group.pass(1_000);
    group.executions.isReachable = true;
    await group.pass(60_000);
    expect(told()).toEqual([finished('SUCCESS', {})]);
    await group.pass(60_000);
    expect(told().length).toBe(1);
  });
});

describe('a cancelled job', () => {
  test.each([
    ['kill', 'KILLED'],
    ['timeout', 'FAILED'],
  ] as const)('that waits ends at once (%s)', async (reason, state) => {
    const runner = await group.runner();
    const job = await group.offer();
    await group.stub.cancel(job, reason);
    await group.stub.cancel(job, reason);
    expect(told()).toEqual([finished(state)]);
    expect(await runner.poll()).toEqual([]);
  });

  test('that comes after its cancellation never starts', async () => {
    const runner = await group.runner();
    await group.stub.cancel('late', 'kill');
    await group.offer({ jobId: 'late' });
    expect(await runner.poll()).toEqual([]);
    expect(told()).toEqual([finished('KILLED')]);
  });

  test('that runs is told to its runner by every renewal and request for work, and ends as the runner says', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    const claimed = await runner.claim(job);
    await group.stub.cancel(job, 'kill');
    expect(valueOf(await runner.heartbeat(claimed))).toEqual({ cancel: 'kill', drain: false });
    const answer = valueOf(await group.stub.poll(runner.token, runner.id, { slots: 0, waitMs: 0, draining: false }));
    expect(answer?.cancels).toEqual([{ jobId: job, reason: 'kill' }]);
    valueOf(await runner.complete(claimed, { state: 'KILLED', outputs: { exitCode: 143 } }));
    expect(told()).toEqual([finished('KILLED', { exitCode: 143 })]);
  });

  test('is taken from a runner that does not end it', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    const claimed = await runner.claim(job);
    await group.stub.cancel(job, 'kill');
    for (let passed = 0; passed < Math.max(RUNNER_CANCEL_FORCED_MS, RUNNER_LOST_MS); passed += RUNNER_RENEW_MS) {
      await runner.heartbeat(claimed);
      await group.pass(RUNNER_RENEW_MS);
    }
    expect(told()).toEqual([finished('KILLED')]);
    expect(codeOf(await runner.heartbeat(claimed))).toBe('stale_fence');
  });

  test('whose runner is lost is killed, not tried again', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    await runner.poll();
    await runner.claim(job);
    await group.stub.cancel(job, 'kill');
    await group.pass(RUNNER_LOST_MS);
    expect(told()).toEqual([finished('KILLED')]);
  });
});

describe('a write for a job', () => {
  test('needs the token of its claim', async () => {
    const runner = await group.runner();
    for (const jobId of ['a', 'b']) await group.offer({ jobId });
    await runner.poll();
    const [a, b] = [await runner.claim('a'), await runner.claim('b')];
    expect(codeOf(await group.stub.heartbeat('rnd_job_default_unknown', 'a', a.fence))).toBe('unauthenticated');
    expect(codeOf(await group.stub.heartbeat(runner.token, 'a', a.fence))).toBe('unauthenticated');
    expect(codeOf(await group.stub.heartbeat(b.token, 'a', b.fence))).toBe('unauthenticated');
    expect(codeOf(await group.stub.heartbeat(a.token, 'a', b.fence))).toBe('stale_fence');
    expect(b.fence).toBeGreaterThan(a.fence);
  });

  test('appends log entries, and refuses what is none', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'log' });
    await runner.poll();
    const { token, fence } = await runner.claim('log');
    const entry = { at: 1, level: 'INFO', message: 'hello' };
    expect(await group.stub.appendLogs(token, 'log', fence, 7, `${JSON.stringify(entry)}\n`)).toEqual({
      ok: true,
      value: 8,
    });
    const attempt = { executionId: 'A00000000000000000000x', taskRun: 0, attempt: 1 };
    expect(group.executions.logs).toEqual([{ attempt, first: 7, entries: [entry] }]);
    expect(codeOf(await group.stub.appendLogs(token, 'log', fence, 8, '{"level":"LOUD"}'))).toBe('invalid_body');
  });

  test.each(['', '[]', '{"fence":1}', '{"fence":1,"state":"DONE"}', '{"fence":1,"state":"SUCCESS","outputs":[]}'])(
    'is refused when its result is %j',
    async (text) => {
      const runner = await group.runner();
      await group.offer({ jobId: 'bad' });
      await runner.poll();
      const { token } = await runner.claim('bad');
      expect(codeOf(await group.stub.complete(token, 'bad', text))).toBe('invalid_body');
    },
  );
});

describe('a runner', () => {
  test('enrols with a token that is good once', async () => {
    const { token } = await group.stub.createToken('default', { uses: 1, ttlMs: 60_000, tags: ['gpu'] }, 'ada');
    const request = async () => {
      const keys = await newKeys();
      return { token, publicKey: await publicKeyOf(keys), name: 'r', version: '1', protocol: 1 };
    };
    const first = await request();
    const registered = valueOf(await group.stub.register('default', first));
    expect(registered.tags).toEqual(['gpu']);
    expect(valueOf(await group.stub.register('default', first))).toEqual(registered);
    expect(codeOf(await group.stub.register('default', await request()))).toBe('unauthenticated');
  });

  test('cannot enrol with a token that is over or removed', async () => {
    const request = { publicKey: 'A'.repeat(43), name: 'r', version: '1', protocol: 1 };
    const old = await group.stub.createToken('default', { uses: 1, ttlMs: 1_000, tags: [] }, 'ada');
    const removed = await group.stub.createToken('default', { uses: 5, ttlMs: 60_000, tags: [] }, 'ada');
    expect(await group.stub.removeToken(removed.id)).toBe(true);
    expect(await group.stub.removeToken(removed.id)).toBe(false);
    group.now += 1_000;
    for (const { token } of [old, removed]) {
      expect(codeOf(await group.stub.register('default', { ...request, token }))).toBe('unauthenticated');
    }
  });

  test('proves its key for each connection token, which ends by itself', async () => {
    const runner = await group.runner();
    const { challenge } = valueOf(await group.stub.challenge(runner.id));
    const forged = {
      challenge,
      signature: 'AAAA',
      instance: 'instance-2',
      slots: 1,
      taskRunners: [],
      version: '1',
      protocol: 1,
    };
    expect(codeOf(await group.stub.openSession('default', runner.id, forged))).toBe('unauthenticated');
    expect(codeOf(await runner.tryToConnect({ challenge }))).toBe('unauthenticated');
    group.now += RUNNER_SESSION_MS;
    expect(codeOf(await group.stub.poll(runner.token, runner.id, { slots: 1, waitMs: 0, draining: false }))).toBe(
      'unauthenticated',
    );
    await runner.connect();
    expect(await runner.poll()).toEqual([]);
  });

  test('whose key a second process uses is refused and shown, but may start again itself', async () => {
    const runner = await group.runner();
    expect(codeOf(await runner.tryToConnect({ instance: 'another process' }))).toBe('conflict');
    expect((await group.stub.status('default')).runners[0]?.state).toBe('clone-suspect');
    expect(await runner.poll()).toEqual([]);
    const before = runner.instance;
    runner.instance = 'after the restart';
    await runner.connect({ previousInstance: before });
    expect(await runner.poll()).toEqual([]);
  });

  test('that starts again has lost the jobs of its former process', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'running' });
    await runner.poll();
    await runner.claim('running');
    await runner.connect({ instance: 'after the restart', previousInstance: runner.instance });
    expect(told()).toMatchObject([{ type: 'task.lost', message: expect.stringContaining('started again') }]);
  });

  test('that is revoked loses its connection, its jobs and its way back', async () => {
    const runner = await group.runner();
    await group.offer({ jobId: 'running' });
    await runner.poll();
    const claimed = await runner.claim('running');
    expect(await group.stub.revokeRunner(runner.id)).toBe(true);
    expect(told()).toMatchObject([{ type: 'task.lost', message: expect.stringContaining('revoked') }]);
    expect(codeOf(await group.stub.poll(runner.token, runner.id, { slots: 1, waitMs: 0, draining: false }))).toBe(
      'unauthenticated',
    );
    expect(codeOf(await runner.heartbeat(claimed))).toBe('stale_fence');
    expect(codeOf(await group.stub.challenge(runner.id))).toBe('not_found');
    expect(await group.stub.revokeRunner(runner.id)).toBe(false);
  });

  test('that is paused gets nothing until its pause is over', async () => {
    const runner = await group.runner();
    const job = await group.offer();
    valueOf(
      await group.stub.updateRunner('default', runner.id, {
        paused: true,
        note: 'updates',
        resumeAfterMs: 5_000,
        drain: false,
      }),
    );
    expect(await runner.poll()).toEqual([]);
    expect((await group.stub.status('default')).runners[0]).toMatchObject({ state: 'paused', pauseNote: 'updates' });
    await group.pass(5_000);
    expect(await runner.poll()).toEqual([job]);
  });

  test('that was not heard for a while is offline, and online with its next word', async () => {
    const runner = await group.runner();
    const state = async () => (await group.stub.status('default')).runners[0]?.state;
    expect(await state()).toBe('online');
    group.now += RUNNER_LOST_MS + 1;
    expect(await state()).toBe('offline');
    await runner.poll();
    expect(await state()).toBe('online');
  });

  test('that says good-bye is offline, and its offers go to others at once', async () => {
    const [first, second] = [await group.runner(), await group.runner()];
    const job = await group.offer();
    await first.poll();
    valueOf(await group.stub.closeSession(first.token, first.id));
    expect(await second.poll()).toEqual([job]);
    expect((await group.stub.status('default')).runners.map(({ state }) => state).sort()).toEqual([
      'offline',
      'online',
    ]);
  });

  test('gets no more than it has slots, whatever it asks for', async () => {
    const runner = await group.runner();
    for (let n = 0; n < 6; n++) await group.offer();
    expect((await runner.poll(200)).length).toBe(4);
    expect(await runner.poll(200)).toEqual([]);
  });
});

describe('a request for work', () => {
  const hold = (runner: { token: string; id: string }) =>
    group.stub.poll(runner.token, runner.id, { slots: 1, waitMs: 20_000, draining: false });

  test('that is held open answers as soon as a job comes', async () => {
    const runner = await group.runner();
    const held = hold(runner);
    await runner.poll();
    const job = await group.offer();
    expect(valueOf(await held)?.offers).toEqual([{ jobId: job }]);
  });

  test('gives way to a newer one of the same runner, which gets the job', async () => {
    const runner = await group.runner();
    const [older, newer] = [hold(runner), hold(runner)];
    expect(valueOf(await older)).toBeNull();
    const job = await group.offer();
    expect(valueOf(await newer)?.offers).toEqual([{ jobId: job }]);
  });

  test('wakes only a runner that fits', async () => {
    const [plain, gpu] = [await group.runner(), await group.runner(['gpu'])];
    const held = hold(gpu);
    await gpu.connect();
    const job = await group.offer({ tags: ['gpu'] });
    expect(valueOf(await held)?.offers).toEqual([{ jobId: job }]);
    expect(await plain.poll()).toEqual([]);
  });
});

describe('why a job waits', () => {
  test.each([
    [{}, [], 'No runner is enrolled in this group.'],
    [{ tags: ['gpu', 'eu'] }, [['us']], 'None of the 1 runner of this group has the tags gpu and eu.'],
    [{ taskRunners: ['docker' as const] }, [[]], 'None of the 1 runner of this group has the task runner docker.'],
  ])('%j, with runners %j: %s', async (offer, runners, expected) => {
    for (const tags of runners) await group.runner(tags);
    expect(await group.stub.whyWaiting(await group.offer(offer))).toBe(expected);
  });

  test('because those that fit are away or busy', async () => {
    const runner = await group.runner(['gpu']);
    for (let n = 0; n < 4; n++) await group.offer();
    await runner.poll();
    const ahead = await group.offer();
    const job = await group.offer({ tags: ['gpu'] });
    expect(await group.stub.whyWaiting(job)).toBe('The only matching runner is busy; 1 job is ahead.');
    group.now += RUNNER_LOST_MS + 1;
    expect(await group.stub.whyWaiting(job)).toBe('No runner with the tags gpu is online (1 offline).');
    expect(await group.stub.whyWaiting('unknown')).toBeUndefined();
    expect((await group.stub.status('default')).jobs.find(({ jobId }) => jobId === ahead)?.note).toBe(
      'No runner of this group is online (1 offline).',
    );
  });
});

test('the figures of a group say what it has to do and who is there', async () => {
  const runner = await group.runner();
  await group.offer();
  await runner.claim((await runner.poll())[0] ?? '');
  await group.offer();
  group.now += 3_000;
  expect(await group.stub.metrics()).toEqual({
    queued: 1,
    oldestAgeMs: 3_000,
    running: 1,
    runners: 1,
    online: 1,
    busySlots: 1,
    idleSlots: 3,
  });
  expect(await group.stub.isEmpty()).toBe(false);
});

describe('a job that keeps a directory', () => {
  const inside = (jobId = 'inside') => group.offer({ jobId, workspace: 'dir', taskRun: 1 });
  const offers = async (runner: TestRunner, slots: number) =>
    valueOf(await group.stub.poll(runner.token, runner.id, { slots, waitMs: 0, draining: false }))?.offers;

  async function keeper(): Promise<TestRunner> {
    const runner = await group.runner();
    await group.offer({ jobId: 'dir', isWorkspace: true });
    await runner.poll();
    return runner;
  }

  test('draws the jobs of its tasks to its runner, where they need no slot', async () => {
    const runner = await keeper();
    const other = await group.runner();
    const kept = await runner.claim('dir');
    await inside();
    expect(await offers(other, 4)).toBeUndefined();
    expect(await offers(runner, 0)).toEqual([{ jobId: 'inside', workspace: 'dir' }]);
    const claimed = await runner.claim('inside');
    expect(claimed.workspace).toBe('dir');
    expect(await group.stub.metrics()).toMatchObject({ busySlots: 1, running: 2 });
    valueOf(await runner.complete(claimed));
    await group.stub.closeWorkspace('dir', 'SUCCESS');
    expect(valueOf(await runner.heartbeat(kept))).toEqual({ close: 'SUCCESS', drain: false });
    const answer = await group.stub.poll(runner.token, runner.id, { slots: 0, waitMs: 0, draining: true });
    expect(valueOf(answer)?.closes).toEqual([{ jobId: 'dir', end: 'SUCCESS' }]);
    valueOf(await runner.complete(kept, { outputs: { outputFiles: {} } }));
    expect(told()).toMatchObject([
      { taskRun: 1, state: 'SUCCESS' },
      { taskRun: 0, state: 'SUCCESS' },
    ]);
  });

  test('takes those that wait along when it ends, and no more come', async () => {
    const runner = await keeper();
    const kept = await runner.claim('dir');
    await inside();
    valueOf(await runner.complete(kept, { state: 'FAILED' }));
    const gone = { type: 'task.lost', taskRun: 1, message: 'The directory that the task was to run in is gone.' };
    expect(told()).toMatchObject([{ type: 'task.finished', state: 'FAILED' }, gone]);
    await inside('later');
    expect(told()).toMatchObject([{}, {}, gone]);
    expect(await runner.poll()).toEqual([]);
  });

  test('keeps its runner for them through a restart of the server', async () => {
    const runner = await keeper();
    await runner.claim('dir');
    await inside();
    await evictDurableObject(group.stub);
    await group.prepare();
    expect(await offers(runner, 0)).toEqual([{ jobId: 'inside', workspace: 'dir' }]);
    await group.pass(RUNNER_OFFER_MS);
    expect(await offers(runner, 0)).toEqual([{ jobId: 'inside', workspace: 'dir' }]);
  });
});
