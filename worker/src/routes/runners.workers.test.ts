import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClaimedJob, CreatedEnrolmentToken } from '../protocol/runner.ts';
import type { Tenant } from '../tenant.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';
import { newKeys, publicKeyOf, signChallenge, SPEC } from '../testing/test-runner.ts';

const ACME = '/api/v1/acme';
const EXECUTION = 'A00000000000000000000x';

let app: TestApp;
let tenant: Tenant;
let admin: TestPerson;
let editor: TestPerson;
let eve: TestPerson;

beforeEach(async () => {
  app = new TestApp();
  [admin, editor, eve] = [await app.person('ada'), await app.person('ed'), await app.person('eve')];
  tenant = await app.tenant('acme', { admin, editor });
  await app.tenant('other', { owner: eve });
});

/** A call with a runner's token, or none. */
async function call(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
  const init = body === undefined ? { method } : jsonInit(method, body);
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return app.fetch(path, { ...init, headers });
}

async function enrolmentToken(group = 'default', body: object = {}): Promise<string> {
  const answer = await admin.fetch(`${ACME}/runner-groups/${group}/tokens`, jsonInit('POST', body));
  return (await answer.json<CreatedEnrolmentToken>()).token;
}

/** Enrols and connects a runner over HTTP. */
async function connect(): Promise<{ id: string; token: string }> {
  const keys = await newKeys();
  const registration = { token: await enrolmentToken(), publicKey: await publicKeyOf(keys), name: 'r' };
  const { runnerId: id } = await (
    await call('POST', `${ACME}/runners/register`, registration)
  ).json<{ runnerId: string }>();
  const { challenge } = await (await call('POST', `${ACME}/runners/${id}/challenge`, {})).json<{ challenge: string }>();
  const instance = 'instance-1';
  const signature = await signChallenge(keys.privateKey, id, instance, challenge);
  const session = { challenge, signature, instance, slots: 2, taskRunners: ['process'] };
  const { token } = await (await call('POST', `${ACME}/runners/${id}/session`, session)).json<{ token: string }>();
  return { id, token };
}

/** A job that is claimed over HTTP; the namespace of its flow is `team`. */
async function claimedJob(): Promise<{ job: ClaimedJob; runner: { id: string; token: string } }> {
  const runner = await connect();
  await tenant.runnerGroup('default').offer({
    jobId: 'job-1',
    replyTo: env.EXECUTIONS.idFromName('test').toString(),
    executionId: EXECUTION,
    taskRun: 0,
    taskRunId: 'run0000000000000000000',
    attempt: 1,
    namespace: 'team',
    flowId: 'flow',
    taskId: 'task',
    tags: [],
    match: 'ALL',
    spec: JSON.stringify(SPEC),
  });
  const polled = await call('POST', `${ACME}/runners/${runner.id}/poll`, { slots: 1 }, runner.token);
  expect(await polled.json()).toEqual({ offers: [{ jobId: 'job-1' }], cancels: [], closes: [], drain: false });
  const claimed = await call('POST', `${ACME}/runs/job-1/claim`, { attemptId: 'attempt-1' }, runner.token);
  expect(claimed.status).toBe(200);
  return { job: await claimed.json<ClaimedJob>(), runner };
}

async function put(job: ClaimedJob, name: string, body: string, sha256?: string): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${job.token}`, 'content-type': 'application/octet-stream' });
  if (sha256 !== undefined) headers.set('x-rondo-sha256', sha256);
  return app.fetch(`${ACME}/runs/${job.jobId}/files/${name}?fence=${job.fence}`, { method: 'PUT', headers, body });
}

const read = (job: ClaimedJob, uri: string) =>
  call(
    'GET',
    `${ACME}/runs/${job.jobId}/files?fence=${job.fence}&uri=${encodeURIComponent(uri)}`,
    undefined,
    job.token,
  );

describe('a runner', () => {
  test('enrols, connects, takes a job and ends it', async () => {
    const { job, runner } = await claimedJob();
    expect(job).toMatchObject({ jobId: 'job-1', executionId: EXECUTION, taskId: 'task', spec: SPEC, secrets: [] });
    const { fence, token } = job;
    const heartbeat = await call('POST', `${ACME}/runs/job-1/heartbeat`, { fence }, token);
    expect(await heartbeat.json()).toEqual({ drain: false });
    expect((await call('POST', `${ACME}/runs/job-1/complete`, { fence, state: 'SUCCESS' }, token)).status).toBe(204);
    const late = await call('POST', `${ACME}/runs/job-1/heartbeat`, { fence }, token);
    expect([late.status, (await late.json<{ code: string }>()).code]).toEqual([409, 'stale_fence']);
    expect((await call('POST', `${ACME}/runners/${runner.id}/poll`, { slots: 1 }, runner.token)).status).toBe(204);
    expect((await call('DELETE', `${ACME}/runners/${runner.id}/session`, undefined, runner.token)).status).toBe(204);
  });

  test('opens a channel that wakes it', async () => {
    const { id, token } = await connect();
    const open = (bearer: string, upgrade = 'websocket') =>
      app.fetch(`${ACME}/runners/${id}/channel`, { headers: { authorization: `Bearer ${bearer}`, upgrade } });
    expect((await open('rnd_ses_default_'.padEnd(50, 'x'))).status).toBe(401);
    expect((await open(token, 'h2c')).status).toBe(400);
    const { status, webSocket } = await open(token);
    expect(status).toBe(101);
    if (webSocket === null) throw new Error('no socket');
    webSocket.accept();
    const message = new Promise((resolve) => webSocket.addEventListener('message', ({ data }) => resolve(data)));
    await admin.fetch(`${ACME}/runner-groups/default/runners/${id}`, jsonInit('PUT', { paused: false, drain: true }));
    expect(await message).toBe('{"type":"drain"}');
    const closed = new Promise((resolve) => webSocket.addEventListener('close', ({ code }) => resolve(code)));
    await admin.fetch(`${ACME}/runner-groups/default/runners/${id}`, { method: 'DELETE' });
    expect(await closed).toBe(4403);
  });

  test.each([
    ['POST', 'runners/register', { token: 'rnd_enr_default_short', publicKey: 'A'.repeat(43), name: 'r' }, 401],
    ['POST', 'runners/register', { token: 1 }, 422],
    ['POST', 'runners/register', undefined, 422],
    ['POST', 'runners/nonsense/challenge', {}, 404],
    ['POST', 'runners/default.0123456789abcdef/challenge', {}, 404],
    ['POST', 'runners/default.0123456789abcdef/poll', { slots: 1 }, 401],
    ['GET', 'runners/default.0123456789abcdef/channel', undefined, 400],
    ['POST', 'runs/job-1/claim', { attemptId: 'attempt-1' }, 401],
    ['POST', 'runs/job-1/heartbeat', { fence: 1 }, 401],
    ['POST', 'runs/job-1/logs?fence=1&sequence=0', undefined, 401],
    ['PUT', 'runs/job-1/files/a.txt?fence=1', undefined, 401],
    ['GET', 'runs/job-1/files?fence=1&uri=x', undefined, 401],
    ['GET', 'runs/job-1/namespace-files?fence=1', undefined, 401],
    ['POST', 'runs/job-1/complete', {}, 401],
  ])('without its credential gets nothing: %s %s', async (method, path, body, status) => {
    expect((await call(method, `${ACME}/${path}`, body)).status).toBe(status);
  });

  test('of one tenant is nobody in another, and a person’s token is no runner’s', async () => {
    const { job, runner } = await claimedJob();
    const { fence } = job;
    expect((await call('POST', `/api/v1/other/runs/job-1/heartbeat`, { fence }, job.token)).status).toBe(401);
    expect((await call('POST', `/api/v1/other/runners/${runner.id}/poll`, { slots: 1 }, runner.token)).status).toBe(
      401,
    );
    expect((await call('POST', `${ACME}/runs/job-1/heartbeat`, { fence }, admin.token)).status).toBe(401);
    expect((await call('GET', `${ACME}/runner-groups`, undefined, job.token)).status).toBe(401);
    expect((await call('GET', `${ACME}/runner-groups`, undefined, runner.token)).status).toBe(401);
  });
});

describe('the files of a job', () => {
  test('are stored for its task run and read back', async () => {
    const { job } = await claimedJob();
    const stored = await (await put(job, 'out/a%20b.txt', 'hello')).json<{ uri: string; size: number }>();
    expect(stored).toEqual({
      uri: `kestra:///team/flow/executions/${EXECUTION}/tasks/task/run0000000000000000000/out/a%20b.txt`,
      size: 5,
    });
    const file = await read(job, stored.uri);
    expect(await file.text()).toBe('hello');
    expect(file.headers.get('content-disposition')).toBe('attachment');
  });

  test('are checked by their digest, and a damaged one is not kept', async () => {
    const { job } = await claimedJob();
    const right = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    expect((await put(job, 'right.txt', 'hello', right)).status).toBe(200);
    expect((await put(job, 'wrong.txt', 'hellO', right)).status).toBe(422);
    const uri = `kestra:///team/flow/executions/${EXECUTION}/tasks/task/run0000000000000000000/wrong.txt`;
    expect((await read(job, uri)).status).toBe(404);
  });

  test.each([
    ['of another execution', 'kestra:///team/flow/executions/B00000000000000000000x/tasks/task/run/a.txt', 422],
    ['of another namespace', 'kestra:///other/_files/a.txt', 422],
    ['of its namespace that is missing', 'kestra:///team/_files/a.txt', 404],
    ['that leads out', 'kestra:///team/_files/../secret', 422],
    ['that is none', 'file:///etc/passwd', 422],
  ])('do not include one %s', async (_name, uri, status) => {
    const { job } = await claimedJob();
    expect((await read(job, uri)).status).toBe(status);
  });

  test('cannot have a name that leads out of their directory', async () => {
    const { job } = await claimedJob();
    expect((await put(job, '..%2F..%2Fevil', 'x')).status).toBe(422);
  });
});

describe('a runner group', () => {
  const groups = `${ACME}/runner-groups`;

  test('is made, described, listed beside the default one, and removed', async () => {
    expect((await admin.fetch(groups, jsonInit('POST', { id: 'gpu', description: 'big' }))).status).toBe(200);
    expect((await admin.fetch(groups, jsonInit('POST', { id: 'gpu' }))).status).toBe(422);
    expect((await admin.fetch(groups, jsonInit('POST', { id: 'default' }))).status).toBe(422);
    const list = await (await admin.fetch(groups)).json<{ results: { id: string }[] }>();
    expect(list.results.map(({ id }) => id)).toEqual(['default', 'gpu']);
    expect(await (await admin.fetch(`${groups}/gpu`, jsonInit('PUT', { description: 'bigger' }))).json()).toEqual({
      id: 'gpu',
      description: 'bigger',
    });
    expect(await (await admin.fetch(`${groups}/gpu`)).json()).toMatchObject({
      description: 'bigger',
      runners: [],
      jobs: [],
      tokens: [],
    });
    expect((await admin.fetch(`${groups}/gpu`, { method: 'DELETE' })).status).toBe(204);
    expect((await admin.fetch(`${groups}/gpu`)).status).toBe(404);
    expect((await admin.fetch(`${groups}/default`, { method: 'DELETE' })).status).toBe(409);
  });

  test('shows its runners and tokens, and revokes them', async () => {
    const { id } = await connect();
    await enrolmentToken('default', { uses: 3, tags: ['gpu'], description: 'autoscaling' });
    const shown = await (await admin.fetch(`${groups}/default`)).json<{ tokens: { id: string }[] }>();
    expect(shown).toMatchObject({
      metrics: { runners: 1, online: 1, idleSlots: 2 },
      runners: [{ id, name: 'r', state: 'online', slots: 2, taskRunners: ['process'], enrolledBy: 'ada@example.com' }],
      tokens: [{ usesLeft: 3, tags: ['gpu'], description: 'autoscaling' }],
    });
    expect(JSON.stringify(shown)).not.toContain('rnd_');
    expect((await admin.fetch(`${groups}/default/tokens/${shown.tokens[0]?.id}`, { method: 'DELETE' })).status).toBe(
      204,
    );
    expect((await admin.fetch(`${groups}/default/tokens/none`, { method: 'DELETE' })).status).toBe(404);
    expect((await admin.fetch(`${groups}/default/runners/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await admin.fetch(`${groups}/default/runners/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect(await (await admin.fetch(`${groups}/default/metrics`)).json()).toMatchObject({
      runners: 0,
      online: 0,
      queued: 0,
    });
  });

  test.each([{ id: 'Upper' }, { id: '-x' }, { id: '' }, { id: 'a/b' }, {}, { id: 'x', description: 1 }])(
    'is not made of %j',
    async (body) => {
      expect((await admin.fetch(groups, jsonInit('POST', body))).status).toBe(422);
    },
  );

  test.each([
    { uses: 0 },
    { ttlMs: 1 },
    { tags: ['Not a tag'] },
    { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) },
  ])('makes no enrolment token from %j', async (body) => {
    expect((await admin.fetch(`${groups}/default/tokens`, jsonInit('POST', body))).status).toBe(422);
  });

  test('is the business of administrators of its tenant', async () => {
    expect((await editor.fetch(groups)).status).toBe(200);
    expect((await editor.fetch(`${groups}/default/tokens`, jsonInit('POST', {}))).status).toBe(403);
    expect((await editor.fetch(groups, jsonInit('POST', { id: 'gpu' }))).status).toBe(403);
    expect((await eve.fetch(groups)).status).toBe(404);
    expect((await app.fetch(groups)).status).toBe(401);
  });
});
