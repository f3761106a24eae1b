import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { purgeIdempotencyKeys } from '../cron/purge-idempotency-keys.ts';
import { IDEMPOTENCY_KEY_LIFE_MS } from '../limits.ts';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const FLOW = 'id: hello\nnamespace: company.team\ntasks:\n  - { id: a, type: core.log.Log, message: hi }\n';

let app: TestApp;
let ada: TestPerson;

beforeEach(async () => {
  app = new TestApp();
  ada = await app.person();
  await app.tenant('acme', { owner: ada });
});

function create(key: string, source = FLOW, person = ada): Promise<Response> {
  return person.fetch('/api/v1/acme/flows', yamlInit('POST', source, { 'Idempotency-Key': key }));
}

describe('a request with a key', () => {
  test('is answered alike when it is sent again, and done once', async () => {
    const first = await (await create('k')).text();
    const again = await create('k');
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.text()).toBe(first);
    expect((await create('other')).status).toBe(422);
  });

  test('is one request: another one under its key is refused', async () => {
    await create('k');
    const answer = await create('k', FLOW.replace('hello', 'other'));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Idempotency-Key') });
  });

  test('may be repeated after it has failed', async () => {
    expect((await create('k', 'id: x\n')).status).toBe(422);
    expect((await create('k')).status).toBe(200);
  });

  test('that comes twice at once is done once', async () => {
    const answers = await Promise.all([create('k'), create('k')]);
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses[0]).toBe(200);
    expect([200, 409]).toContain(statuses[1]);
  });

  test('is known by its sender: the same key of somebody else is another one', async () => {
    const eve = await app.person('eve');
    await app.tenant('other', { owner: eve });
    await create('k');
    const answer = await eve.fetch('/api/v1/other/flows', yamlInit('POST', FLOW, { 'Idempotency-Key': 'k' }));
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
    expect(answer.status).toBe(200);
  });

  test('is forgotten after a week', async () => {
    await create('k');
    app.now += IDEMPOTENCY_KEY_LIFE_MS;
    expect((await create('k')).status).toBe(422);
    await purgeIdempotencyKeys(env, app.now + IDEMPOTENCY_KEY_LIFE_MS);
    const { results } = await env.DATA_0.prepare('SELECT 1 FROM idempotency_key').all();
    expect(results).toEqual([]);
  });

  test('keeps no answer in clear', async () => {
    await ada.fetch('/api/v1/acme/runner-groups', jsonInit('POST', { id: 'gpu' }, { 'Idempotency-Key': 'g' }));
    const row = await env.DATA_0.prepare('SELECT body FROM idempotency_key').first<{ body: string }>();
    expect(row?.body).not.toContain('gpu');
    expect(row?.body).toMatch(/^1\./);
  });
});
