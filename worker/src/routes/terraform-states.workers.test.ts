import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { TERRAFORM_STATE_BYTES_MAX } from '../limits.ts';
import type { Tenant } from '../tenant.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const PATH = '/api/v1/acme/terraform/state/app-prod';
const ADA = { ID: '2dbf593d-00ed-07a8-37dd-66c9be79cd4a', Operation: 'OperationTypeApply', Who: 'ada@ci' };
const EVE = { ...ADA, ID: 'eve', Who: 'eve@ci' };

let ada: TestPerson;
let viewer: TestPerson;
let stranger: TestPerson;
let tenant: Tenant;

beforeEach(async () => {
  const app = new TestApp();
  [ada, viewer, stranger] = [await app.person(), await app.person('vic'), await app.person('eve')];
  tenant = await app.tenant('acme', { editor: ada, viewer });
  await app.tenant('other', { owner: stranger });
});

function state(serial: number, more: object = {}): string {
  return JSON.stringify({ version: 4, terraform_version: '1.11.4', serial, lineage: 'line', outputs: {}, ...more });
}

const get = (person = ada) => person.fetch(PATH, { headers: { 'Content-Type': 'application/json' } });
const lock = (document: object = ADA, method = 'LOCK') =>
  ada.fetch(method === 'LOCK' ? PATH : `${PATH}/lock`, jsonInit(method, document));
const unlock = (document: object | undefined = ADA, method = 'UNLOCK') =>
  ada.fetch(method === 'UNLOCK' ? PATH : `${PATH}/lock`, document ? jsonInit(method, document) : { method });
const forceUnlock = () => ada.fetch(PATH, { method: 'UNLOCK' });
const post = (body: string, { id, method = 'POST' }: { id?: string; method?: string } = {}) =>
  ada.fetch(id === undefined ? PATH : `${PATH}?ID=${id}`, {
    method,
    body,
    headers: { 'Content-Type': 'application/json' },
  });

describe('a state', () => {
  test('is not there before it is written, and then comes back byte for byte', async () => {
    expect((await get()).status).toBe(404);
    const text = `${state(1, { note: 'é  ', big: 12345678901234567890n.toString() })}\n`;
    expect((await post(text)).status).toBe(200);
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(text);
  });

  test('is written by a whole apply: lock, read, write as often as it likes, unlock', async () => {
    expect((await lock()).status).toBe(200);
    for (const serial of [1, 2, 3]) expect((await post(state(serial), { id: ADA.ID })).status).toBe(200);
    expect((await unlock()).status).toBe(200);
    expect(await (await get()).json()).toMatchObject({ serial: 3 });
  });

  test('may be written with the usual methods alone', async () => {
    expect((await lock(ADA, 'PUT')).status).toBe(200);
    expect((await post(state(1), { id: ADA.ID, method: 'PUT' })).status).toBe(200);
    expect((await unlock(ADA, 'DELETE')).status).toBe(200);
  });

  test('may be sent again, and is then one version', async () => {
    await post(state(1));
    expect((await post(state(1))).status).toBe(200);
    const { total } = await (await ada.fetch(`${PATH}/versions`)).json<{ total: number }>();
    expect(total).toBe(1);
  });

  test('follows the one before it', async () => {
    await post(state(5));
    for (const wrong of [state(4), state(5, { outputs: { a: 1 } }), state(6, { lineage: 'other' })]) {
      expect((await post(wrong)).status).toBe(409);
    }
    expect(await (await get()).json()).toMatchObject({ serial: 5 });
  });

  test('is replaced by a push that the client was told to force', async () => {
    await post(state(5));
    await lock({ ...ADA, Operation: 'state-push' });
    expect((await post(state(1, { lineage: 'other' }), { id: ADA.ID })).status).toBe(200);
    const { results } = await (await ada.fetch(`${PATH}/versions`)).json<{ results: object[] }>();
    expect(results).toEqual([
      expect.objectContaining({ serial: 1, lineage: 'other', forced: true, createdBy: ada.email }),
      expect.objectContaining({ serial: 5, lineage: 'line', forced: false }),
    ]);
  });

  test.each(['', '{}', '[]', 'no JSON', '{"version":3,"serial":1,"lineage":"a"}'])('is not %s', async (body) => {
    expect((await post(body)).status).toBe(422);
  });

  test('that came damaged is refused', async () => {
    const headers = { 'Content-MD5': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    expect((await ada.fetch(PATH, { method: 'POST', body: state(1), headers })).status).toBe(400);
    expect((await get()).status).toBe(404);
  });

  test('of 20 MB is taken, a larger one is not', async () => {
    const room = TERRAFORM_STATE_BYTES_MAX - state(1, { pad: '' }).length;
    expect((await post(state(1, { pad: 'x'.repeat(room) }))).status).toBe(200);
    expect((await (await get()).arrayBuffer()).byteLength).toBe(TERRAFORM_STATE_BYTES_MAX);
    expect((await post(state(2, { pad: 'x'.repeat(room + 1) }))).status).toBe(413);
  });

  test('is not readable where it is stored', async () => {
    await post(state(1, { outputs: { password: { value: 'hunter2' } } }));
    const { objects } = await env.STORAGE.list({ prefix: `${tenant.key}/_terraform/` });
    const stored = await env.STORAGE.get(objects[0]?.key ?? '');
    expect(objects).toHaveLength(1);
    expect(await stored?.text()).not.toContain('hunter2');
  });
});

describe('a lock', () => {
  test('is held by one, and shown to the other', async () => {
    await lock();
    const refused = await lock(EVE);
    expect(refused.status).toBe(423);
    expect(await refused.json()).toEqual(ADA);
    expect((await lock()).status).toBe(200);
  });

  test('keeps everybody else from writing', async () => {
    await lock();
    for (const answer of [await post(state(1)), await post(state(1), { id: 'eve' })]) {
      expect(answer.status).toBe(423);
      expect(await answer.json()).toEqual(ADA);
    }
  });

  test('is given back by its holder, as often as the holder likes', async () => {
    await lock();
    const refused = await unlock(EVE);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual(ADA);
    expect((await unlock()).status).toBe(200);
    expect((await unlock()).status).toBe(200);
  });

  test('is taken away without a body, and its holder writes no more', async () => {
    await lock();
    expect((await forceUnlock()).status).toBe(200);
    expect((await post(state(1), { id: ADA.ID })).status).toBe(409);
    expect((await lock(EVE)).status).toBe(200);
  });

  test('of two that come together goes to one', async () => {
    const answers = await Promise.all([lock(ADA), lock(EVE)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 423]);
  });

  test.each(['', '{}', '{"ID":""}', 'no JSON'])('is not %j', async (body) => {
    expect((await ada.fetch(PATH, { method: 'LOCK', body })).status).toBe(422);
  });
});

describe('what was before', () => {
  beforeEach(async () => {
    for (const serial of [1, 2]) await post(state(serial));
  });

  test('can be read and taken up again', async () => {
    expect(await (await ada.fetch(`${PATH}/versions/1`)).json()).toMatchObject({ serial: 1 });
    expect((await ada.fetch(`${PATH}/versions/9`)).status).toBe(404);
    expect((await ada.fetch(`${PATH}/versions/1/restore`, { method: 'POST' })).status).toBe(200);
    expect(await (await get()).json()).toMatchObject({ serial: 1 });
    expect((await post(state(2, { outputs: { a: 1 } }))).status).toBe(200);
  });

  test('is not taken up under the lock of somebody', async () => {
    await lock();
    expect((await ada.fetch(`${PATH}/versions/1/restore`, { method: 'POST' })).status).toBe(423);
  });

  test('is forgotten with the state, unless it is locked', async () => {
    await lock();
    expect((await ada.fetch(PATH, { method: 'DELETE' })).status).toBe(423);
    await unlock();
    expect((await ada.fetch(PATH, { method: 'DELETE' })).status).toBe(204);
    expect((await get()).status).toBe(404);
    expect(await (await ada.fetch('/api/v1/acme/terraform/state')).json()).toEqual({ results: [], total: 0 });
    expect((await env.STORAGE.list({ prefix: `${tenant.key}/_terraform/` })).objects).toEqual([]);
  });
});

test('the list tells of every state, its newest version and its lock', async () => {
  await post(state(3));
  await lock();
  expect(await (await ada.fetch('/api/v1/acme/terraform/state')).json()).toEqual({
    results: [{ name: 'app-prod', current: expect.objectContaining({ serial: 3 }), lock: ADA }],
    total: 1,
  });
});

describe('a state is kept from', () => {
  test('viewers, because it holds secrets', async () => {
    await post(state(1));
    expect((await get(viewer)).status).toBe(403);
    expect((await viewer.fetch('/api/v1/acme/terraform/state')).status).toBe(200);
    expect((await viewer.fetch(PATH, jsonInit('LOCK', ADA))).status).toBe(403);
  });

  test('other tenants', async () => {
    await post(state(1));
    expect((await get(stranger)).status).toBe(404);
    expect((await stranger.fetch('/api/v1/other/terraform/state/app-prod')).status).toBe(404);
  });

  test('names that are paths', async () => {
    expect((await ada.fetch('/api/v1/acme/terraform/state/..%2fx')).status).toBe(422);
  });
});
