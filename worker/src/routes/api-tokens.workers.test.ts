import { describe, expect, test } from 'vitest';
import { TOKENS_PER_PERSON_MAX } from '../limits.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';

const PATH = '/api/v1/me/api-tokens';
const DAY_MS = 86_400_000;

describe('an API token', () => {
  test('is shown once, works at once, and is recognised by its beginning', async () => {
    const app = new TestApp();
    const ada = await app.person();
    const created = await ada.fetch(PATH, jsonInit('POST', { name: 'ci', description: 'for the pipeline' }));
    const { id, fullToken } = await created.json<{ id: string; fullToken: string }>();
    expect(fullToken).toMatch(/^rnd_pat_/);

    const headers = { authorization: `Bearer ${fullToken}` };
    const list = await app.fetch(PATH, { headers });
    const { results } = await list.json<{ results: object[] }>();
    expect(results).toContainEqual(
      expect.objectContaining({
        id,
        name: 'ci',
        description: 'for the pipeline',
        prefix: fullToken.slice(0, 12),
        expired: false,
      }),
    );
    expect(JSON.stringify(results)).not.toContain(fullToken);
  });

  test('lives for ninety days, or as long as was asked', async () => {
    const app = new TestApp();
    const ada = await app.person();
    for (const [maxAge, days] of [
      [undefined, 90],
      ['P7D', 7],
    ] as const) {
      const created = await ada.fetch(PATH, jsonInit('POST', { name: 'short', maxAge }));
      const { fullToken } = await created.json<{ fullToken: string }>();
      const headers = { authorization: `Bearer ${fullToken}` };
      const start = app.now;
      app.now = start + days * DAY_MS - 1;
      expect((await app.fetch('/api/v1/me', { headers })).status).toBe(200);
      app.now = start + days * DAY_MS;
      expect((await app.fetch('/api/v1/me', { headers })).status).toBe(401);
      app.now = start;
    }
  });

  test('stops working the moment it is revoked', async () => {
    const app = new TestApp();
    const ada = await app.person();
    const created = await ada.fetch(PATH, jsonInit('POST', { name: 'ci' }));
    const { id, fullToken } = await created.json<{ id: string; fullToken: string }>();
    const headers = { authorization: `Bearer ${fullToken}` };
    expect((await app.fetch('/api/v1/me', { headers })).status).toBe(200);
    expect((await ada.fetch(`${PATH}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await app.fetch('/api/v1/me', { headers })).status).toBe(401);
  });

  test('notes its use, at most once a minute', async () => {
    const app = new TestApp();
    const ada = await app.person();
    const lastUsed = async () => {
      const { results } = await (await ada.fetch(PATH)).json<{ results: { lastUsed?: string }[] }>();
      return results[0]?.lastUsed;
    };
    await lastUsed();
    const first = await lastUsed();
    expect(first).toBe(new Date(app.now).toISOString());
    app.now += 59_000;
    await lastUsed();
    expect(await lastUsed()).toBe(first);
    app.now += 1_000;
    await lastUsed();
    expect(await lastUsed()).toBe(new Date(app.now).toISOString());
  });

  test.each([
    {},
    { name: '' },
    { name: 'x', maxAge: 'P10Y' },
    { name: 'x', maxAge: 'soon' },
    { name: 'x', maxAge: 'PT0S' },
  ])('is refused for %j', async (body) => {
    const ada = await new TestApp().person();
    expect((await ada.fetch(PATH, jsonInit('POST', body))).status).toBe(422);
  });

  test('is refused beyond the limit, which is named', async () => {
    const ada = await new TestApp().person();
    for (let n = 1; n < TOKENS_PER_PERSON_MAX; n++) await ada.fetch(PATH, jsonInit('POST', { name: `t${n}` }));
    const refused = await ada.fetch(PATH, jsonInit('POST', { name: 'one more' }));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'limit_reached', detail: expect.stringContaining('100') });
  });

  test('of somebody else is not there', async () => {
    const app = new TestApp();
    const [ada, eve] = [await app.person('ada'), await app.person('eve')];
    const { id } = await (await ada.fetch(PATH, jsonInit('POST', { name: 'ci' }))).json<{ id: string }>();
    expect((await eve.fetch(`${PATH}/${id}`, { method: 'DELETE' })).status).toBe(404);
    const { total } = await (await ada.fetch(PATH)).json<{ total: number }>();
    expect(total).toBe(2);
  });

  test.each(['Bearer nonsense', `Bearer rnd_pat_${'0'.repeat(36)}`, 'Bearer '])('is not %j', async (authorization) => {
    expect((await new TestApp().fetch('/api/v1/me', { headers: { authorization } })).status).toBe(401);
  });

  test('is accepted as a Basic password and in the cookie of old clients', async () => {
    const app = new TestApp();
    const { token } = await app.person();
    const asPassword = { authorization: `Basic ${btoa(`terraform:${token}`)}` };
    const asCookie = { authorization: 'Basic Og==', cookie: `JWT=${token}` };
    for (const headers of [asPassword, asCookie]) expect((await app.fetch('/api/v1/me', { headers })).status).toBe(200);
  });
});
