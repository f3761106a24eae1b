import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { reveal } from '../db/secrets.ts';
import { configOf } from '../env.ts';
import type { Tenant } from '../tenant.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

let app: TestApp;
let ada: TestPerson;
let vic: TestPerson;
let tenant: Tenant;

beforeEach(async () => {
  app = new TestApp();
  ada = await app.person();
  vic = await app.person('vic');
  tenant = await app.tenant('acme', { editor: ada, viewer: vic });
});

const kv = (path: string) => `/api/v1/acme/namespaces/company.team/kv${path}`;
const secrets = (path: string) => `/api/v1/acme/namespaces/company.team/secrets${path}`;

describe('a key', () => {
  test('is set without a content type, read, listed and deleted', async () => {
    expect((await ada.fetch(kv('/size'), { method: 'PUT', body: '1.5' })).status).toBe(200);
    expect(await (await ada.fetch(kv('/size'))).json()).toMatchObject({ type: 'NUMBER', value: 1.5, revision: 1 });
    await ada.fetch(kv('/size'), { method: 'PUT', body: '12345678901234567890' });
    expect(await (await ada.fetch(kv('/size'))).text()).toContain('"value":12345678901234567890,"revision":2');
    expect(await (await ada.fetch(kv(''))).json()).toMatchObject([
      { key: 'size', namespace: 'company.team', revision: 2 },
    ]);
    expect(await (await ada.fetch(kv('/size'), { method: 'DELETE' })).json()).toBe(true);
    expect(await (await ada.fetch(kv('/size'), { method: 'DELETE' })).json()).toBe(false);
    expect((await ada.fetch(kv('/size'))).status).toBe(404);
  });

  test('expires', async () => {
    await ada.fetch(kv('/short'), { method: 'PUT', body: '"x"', headers: { ttl: 'PT1M' } });
    expect((await ada.fetch(kv('/short'))).status).toBe(200);
    app.now += 60_000;
    expect((await ada.fetch(kv('/short'))).status).toBe(410);
    expect((await ada.fetch(kv('/short'), { method: 'PUT', body: '"y"', headers: { ttl: 'soon' } })).status).toBe(422);
  });

  test('of parents is listed as inherited; several are deleted at once', async () => {
    await ada.fetch('/api/v1/acme/namespaces/company/kv/base', { method: 'PUT', body: '1' });
    await ada.fetch(kv('/a'), { method: 'PUT', body: '1' });
    expect(await (await ada.fetch(kv('/inheritance'))).json()).toMatchObject([{ key: 'base', namespace: 'company' }]);
    expect(await (await ada.fetch(kv(''), jsonInit('DELETE', { keys: ['a', 'b'] }))).json()).toEqual({ keys: ['a'] });
  });

  test('needs a good name and the right to write', async () => {
    expect((await ada.fetch(kv('/-bad'), { method: 'PUT', body: '1' })).status).toBe(422);
    expect((await vic.fetch(kv('/a'), { method: 'PUT', body: '1' })).status).toBe(403);
    expect((await app.fetch(kv('/a'))).status).toBe(401);
  });
});

describe('a secret', () => {
  test('is written, described and removed, and never read', async () => {
    const body = { key: 'token', value: 'hunter2', description: 'a token', tags: [{ key: 'a', value: 'b' }] };
    const written = await ada.fetch(secrets(''), jsonInit('PUT', body));
    const seen = { key: 'TOKEN', namespace: 'company.team', description: 'a token', tags: [{ key: 'a', value: 'b' }] };
    expect(await written.json()).toEqual([seen]);
    expect(await (await vic.fetch(secrets(''))).json()).toEqual({ readOnly: false, results: [seen], total: 1 });
    expect(await (await ada.fetch('/api/v1/acme/namespaces/company.team.child/inherited-secrets')).json()).toEqual({
      'company.team': ['TOKEN'],
    });
    expect(await (await ada.fetch(secrets('/token'), jsonInit('PATCH', { description: 'new' }))).json()).toMatchObject([
      { description: 'new' },
    ]);
    expect((await ada.fetch(secrets('/token'), { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch(secrets('/token'), { method: 'DELETE' })).status).toBe(404);
  });

  test('is sealed for its own place: moved to another row it does not open', async () => {
    await ada.fetch(secrets(''), jsonInit('PUT', { key: 'one', value: 'hunter2' }));
    const [row] = (await env.DATA_0.prepare('SELECT sealed FROM secret').all<{ sealed: string }>()).results;
    expect(row?.sealed).not.toContain('hunter2');
    await ada.fetch(secrets(''), jsonInit('PUT', { key: 'two', value: 'other' }));
    await env.DATA_0.prepare(`UPDATE secret SET sealed = ? WHERE key = 'TWO'`).bind(row?.sealed).run();
    const { secrets: master } = configOf(env);
    expect(await reveal(tenant, master, ['company.team'], 'one')).toBe('hunter2');
    await expect(reveal(tenant, master, ['company.team'], 'two')).rejects.toThrow();
  });

  test('cannot be written by a viewer', async () => {
    expect((await vic.fetch(secrets(''), jsonInit('PUT', { key: 'a', value: 'b' }))).status).toBe(403);
  });
});
