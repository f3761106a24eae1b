import { describe, expect, test } from 'vitest';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const NAMESPACES = '/api/v1/acme/namespaces';
const DOCUMENT = {
  id: 'acme.demo',
  description: 'Demo',
  variables: { env: 'dev' },
  allowedNamespaces: [{ namespace: 'acme.shared' }],
  storageType: 'gcs',
};

async function acme(): Promise<{ app: TestApp; ada: TestPerson; viewer: TestPerson; eve: TestPerson }> {
  const app = new TestApp();
  const [ada, viewer, eve] = [await app.person('ada'), await app.person('vic'), await app.person('eve')];
  await app.tenant('acme', { editor: ada, viewer });
  await app.tenant('other', { owner: eve });
  return { app, ada, viewer, eve };
}

describe('a namespace', () => {
  test('comes back with everything that was said about it', async () => {
    const { ada } = await acme();
    const created = await ada.fetch(NAMESPACES, jsonInit('POST', { ...DOCUMENT, workerGroup: null }));
    expect(created.status).toBe(200);
    expect(await created.json()).toEqual({ ...DOCUMENT, deleted: false });
    expect(await (await ada.fetch(`${NAMESPACES}/acme.demo`)).json()).toEqual({ ...DOCUMENT, deleted: false });
  });

  test('keeps numbers as they were sent', async () => {
    const { ada } = await acme();
    await ada.fetch(NAMESPACES, {
      method: 'POST',
      body: '{"id":"n","variables":{"big":12345678901234567890,"ms":3600000}}',
    });
    expect(await (await ada.fetch(`${NAMESPACES}/n`)).text()).toContain('"big":12345678901234567890,"ms":3600000');
  });

  test('is described once, and then updated', async () => {
    const { ada } = await acme();
    await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT));
    expect((await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT))).status).toBe(422);
    const updated = await ada.fetch(
      `${NAMESPACES}/acme.demo`,
      jsonInit('PUT', { id: 'acme.demo', description: 'New' }),
    );
    expect(await updated.json()).toEqual({ id: 'acme.demo', description: 'New', deleted: false });
  });

  test('exists without a description when it or a child of it has flows', async () => {
    const { ada } = await acme();
    const flow = 'id: hello\nnamespace: some.child\ntasks:\n  - { id: log, type: core.log.Log, message: hi }\n';
    await ada.fetch('/api/v1/acme/flows', yamlInit('POST', flow));
    for (const id of ['some', 'some.child']) {
      expect(await (await ada.fetch(`${NAMESPACES}/${id}`)).json()).toEqual({ id, deleted: false });
    }
    expect((await ada.fetch(`${NAMESPACES}/som`)).status).toBe(404);
    const ids = async (query: string) => {
      const { results } = await (
        await ada.fetch(`${NAMESPACES}/search?${query}`)
      ).json<{ results: { id: string }[] }>();
      return results.map(({ id }) => id);
    };
    await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT));
    expect(await ids('')).toEqual(['acme.demo', 'some.child']);
    expect(await ids('existing=true')).toEqual(['acme.demo']);
    expect(await ids('q=child')).toEqual(['some.child']);
    expect(await ids('size=1&page=2')).toEqual(['some.child']);
  });

  test('is deleted, its flows stay', async () => {
    const { ada } = await acme();
    await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT));
    expect((await ada.fetch(`${NAMESPACES}/acme.demo`, { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch(`${NAMESPACES}/acme.demo`, { method: 'DELETE' })).status).toBe(404);
    expect((await ada.fetch(`${NAMESPACES}/acme.demo`)).status).toBe(404);
  });

  test.each(['{"id":"Upper"}', '{"id":"search"}', '{}', '[]', '{"id":', ''])('is refused for %j', async (body) => {
    const { ada } = await acme();
    const refused = await ada.fetch(NAMESPACES, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(refused.status).toBe(422);
  });

  test('is refused when the body names another one than the path', async () => {
    const { ada } = await acme();
    await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT));
    const refused = await ada.fetch(`${NAMESPACES}/acme.demo`, jsonInit('PUT', { id: 'other' }));
    expect(await refused.json()).toMatchObject({ code: 'invalid_body', errors: [{ pointer: 'id' }] });
  });

  test('is written by editors only, and seen by members only', async () => {
    const { app, ada, viewer, eve } = await acme();
    await ada.fetch(NAMESPACES, jsonInit('POST', DOCUMENT));
    expect((await viewer.fetch(`${NAMESPACES}/acme.demo`)).status).toBe(200);
    expect((await viewer.fetch(NAMESPACES, jsonInit('POST', { id: 'x' }))).status).toBe(403);
    expect((await viewer.fetch(`${NAMESPACES}/acme.demo`, { method: 'DELETE' })).status).toBe(403);
    expect((await eve.fetch(`${NAMESPACES}/acme.demo`)).status).toBe(404);
    expect((await eve.fetch('/api/v1/other/namespaces/acme.demo')).status).toBe(404);
    expect((await app.fetch(`${NAMESPACES}/search`)).status).toBe(401);
  });
});

describe('the words of the expression language', () => {
  test('are listed for completion', async () => {
    const { app, ada } = await acme();
    const filters = await (await ada.fetch('/api/v1/pebble/filters')).json();
    expect(filters).toContainEqual(expect.objectContaining({ name: 'upper', description: expect.any(String) }));
    const functions = await (await ada.fetch('/api/v1/pebble/functions')).json();
    expect(functions).toContainEqual(expect.objectContaining({ name: 'now' }));
    expect((await app.fetch('/api/v1/pebble/filters')).status).toBe(401);
  });
});
