import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import * as keyValues from '../db/key-values.ts';
import { list, put, reseal, reveal } from '../db/secrets.ts';
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

  test('is found by its prefix, in which no character is special', async () => {
    for (const key of ['a_b1', 'a_b2', 'axb1', 'A_b1']) await ada.fetch(kv(`/${key}`), { method: 'PUT', body: '1' });
    const found = await keyValues.list(tenant, ['company.team'], 'a_b');
    expect(found.map(({ key }) => key)).toEqual(['a_b1', 'a_b2']);
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
    const metadata = {
      ...seen,
      version: 1,
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      updated: '2026-11-20T12:00:00.000Z',
    };
    expect(await written.json()).toEqual([metadata]);
    expect(await (await vic.fetch(secrets(''))).json()).toEqual({ readOnly: false, results: [metadata], total: 1 });
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

  test('says whether its value has changed, and not what it is', async () => {
    const put = async (key: string, value: string) => {
      const answer = await ada.fetch(secrets(''), jsonInit('PUT', { key, value }));
      const [written] = await answer.json<{ version: number; digest: string }[]>();
      return written;
    };
    const [first, same, changed] = [await put('a', 'one'), await put('a', 'one'), await put('a', 'two')];
    expect([first?.version, same?.version, changed?.version]).toEqual([1, 2, 3]);
    expect(same?.digest).toBe(first?.digest);
    expect(changed?.digest).not.toBe(first?.digest);
    // Neither two keys nor two tenants can be compared.
    expect((await put('b', 'one'))?.digest).not.toBe(first?.digest);
    await app.tenant('other', { editor: ada });
    const path = '/api/v1/other/namespaces/company.team/secrets';
    const [elsewhere] = await (
      await ada.fetch(path, jsonInit('PUT', { key: 'a', value: 'one' }))
    ).json<{ digest: string }[]>();
    expect(elsewhere?.digest).not.toBe(first?.digest);
  });
});

describe('a new master secret', () => {
  const OLD = { version: 1, secret: 'the old one, 0123456789abcdef0123456789' };
  const NEW = { version: 2, secret: 'the new one, 0123456789abcdef0123456789' };

  async function sealedWithOld(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await put(tenant, [OLD], { namespace: 'company.team', key, value: `value of ${key}`, tags: [], at: app.now });
    }
  }

  test('opens everything once all was sealed anew, and the old one is not needed any more', async () => {
    await sealedWithOld('a', 'b', 'c');
    await expect(reveal(tenant, [NEW], ['company.team'], 'a')).rejects.toThrow('version 1');
    expect(await reseal(env.DATA_0, [NEW, OLD], 2)).toBe(2);
    expect(await reseal(env.DATA_0, [NEW, OLD], 2)).toBe(1);
    expect(await reseal(env.DATA_0, [NEW, OLD], 2)).toBe(0);
    for (const key of ['a', 'b', 'c']) {
      expect(await reveal(tenant, [NEW], ['company.team'], key)).toBe(`value of ${key}`);
    }
  });

  test('changes neither versions nor digests', async () => {
    await sealedWithOld('a');
    const before = await list(tenant, ['company.team']);
    await reseal(env.DATA_0, [NEW, OLD], 10);
    expect(await list(tenant, ['company.team'])).toEqual(before);
  });

  test('is not stopped by a value that cannot be opened', async () => {
    await sealedWithOld('a', 'b');
    await env.DATA_0.prepare(`UPDATE secret SET sealed = '1.AAAA.AAAA' WHERE key = 'A'`).run();
    await reseal(env.DATA_0, [NEW, OLD], 10);
    expect(await reveal(tenant, [NEW], ['company.team'], 'b')).toBe('value of b');
  });
});

describe('a value as Terraform sends it, without a content type', () => {
  test.each([
    ['1.5', { type: 'NUMBER', value: 1.5 }],
    ['true', { type: 'BOOLEAN', value: true }],
    ['2022-05-01T03:02:01Z', { type: 'DATETIME', value: '2022-05-01T03:02:01Z' }],
    ['2024-07-12T10:20:08.000Z', { type: 'DATETIME', value: '2024-07-12T10:20:08Z' }],
    ['2022-05-01', { type: 'DATE', value: '2022-05-01' }],
    ['P3DT3H2M1S', { type: 'DURATION', value: 'PT75H2M1S' }],
    ['{"a":[1,null,"x"]}', { type: 'JSON', value: { a: [1, null, 'x'] } }],
    ['"quoted"', { type: 'STRING', value: 'quoted' }],
    ['a bare word', { type: 'STRING', value: 'a bare word' }],
    ['"1.5"', { type: 'STRING', value: '1.5' }],
  ])('%s is read back as what it is', async (body, seen) => {
    const bytes = new TextEncoder().encode(body);
    expect((await ada.fetch(kv('/k'), { method: 'PUT', body: bytes })).status).toBe(200);
    expect(await (await ada.fetch(kv('/k'))).json()).toMatchObject(seen);
  });

  test('is found through the namespaces below, and gone when it is deleted', async () => {
    await ada.fetch(kv('/k'), { method: 'PUT', body: '1' });
    const inherited = '/api/v1/acme/namespaces/company.team.child/kv/inheritance';
    expect(await (await ada.fetch(inherited)).json()).toMatchObject([{ namespace: 'company.team', key: 'k' }]);
    await ada.fetch(kv('/k'), { method: 'DELETE' });
    expect((await ada.fetch(kv('/k'))).status).toBe(404);
    expect(await (await ada.fetch(inherited)).json()).toEqual([]);
  });

  test('that has expired is still listed until it is written again', async () => {
    await ada.fetch(kv('/k'), { method: 'PUT', body: '1', headers: { ttl: 'PT1H' } });
    app.now += 3_600_000;
    expect(await (await ada.fetch(kv(''))).json()).toMatchObject([
      { key: 'k', expirationDate: '2026-11-20T13:00:00.000Z' },
    ]);
    expect((await ada.fetch(kv('/k'))).status).toBe(410);
    await ada.fetch(kv('/k'), { method: 'PUT', body: '2' });
    expect(await (await ada.fetch(kv('/k'))).json()).toMatchObject({ value: 2, revision: 2 });
  });
});

describe('of all namespaces', () => {
  test('keys are listed in pages, by filters, and only one’s own tenant’s', async () => {
    for (const [namespace, key] of [
      ['a', 'one'],
      ['a.b', 'two'],
      ['b', 'one'],
    ]) {
      await ada.fetch(`/api/v1/acme/namespaces/${namespace}/kv/${key}`, { method: 'PUT', body: '1' });
    }
    await app.tenant('other', { editor: ada });
    await ada.fetch('/api/v1/other/namespaces/a/kv/hidden', { method: 'PUT', body: '1' });
    const search = async (query: string) => {
      const { results, total } = await (
        await vic.fetch(`/api/v1/acme/kv?${query}`)
      ).json<{ results: { namespace: string; key: string }[]; total: number }>();
      return [results.map(({ namespace, key }) => `${namespace}/${key}`), total];
    };
    expect(await search('')).toEqual([['a/one', 'a.b/two', 'b/one'], 3]);
    expect(await search('size=1&page=2')).toEqual([['a.b/two'], 3]);
    expect(await search('filters[namespace][PREFIX]=a&sort=key:desc')).toEqual([['a.b/two', 'a/one'], 2]);
    expect(await search('q=one')).toEqual([['a/one', 'b/one'], 2]);
    expect((await vic.fetch('/api/v1/acme/kv?sort=value')).status).toBe(422);
    expect((await vic.fetch('/api/v1/acme/kv?filters[value][EQUALS]=1')).status).toBe(400);
    expect((await app.fetch('/api/v1/acme/kv')).status).toBe(401);
  });

  test('secrets are listed without their values', async () => {
    await ada.fetch(secrets(''), jsonInit('PUT', { key: 'one', value: 'hunter2' }));
    const answer = await (await vic.fetch('/api/v1/acme/secrets?filters[namespace][EQUALS]=company.team')).text();
    expect(JSON.parse(answer)).toMatchObject({ readOnly: false, results: [{ key: 'ONE', version: 1 }], total: 1 });
    expect(answer).not.toContain('hunter2');
    expect((await app.fetch('/api/v1/acme/secrets')).status).toBe(401);
  });
});
