import { describe, expect, test, vi } from 'vitest';
import type { ExecutionId } from '../ids.ts';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';

const FLOW = 'id: hello\nnamespace: demo\ntasks:\n  - { id: log, type: core.log.Log, message: hi }\n';

describe('a tenant', () => {
  test('belongs to whoever makes it', async () => {
    const ada = await new TestApp().person();
    const created = await ada.fetch('/api/v1/tenants', jsonInit('POST', { id: 'acme', name: 'Acme' }));
    expect(created.status).toBe(200);
    expect(await created.json()).toEqual({ id: 'acme', name: 'Acme' });
    expect(await (await ada.fetch('/api/v1/tenants')).json()).toEqual({
      results: [{ id: 'acme', name: 'Acme' }],
      total: 1,
    });
    expect((await ada.fetch('/api/v1/acme/flows/search')).status).toBe(200);
  });

  test.each([{}, { id: 'Acme' }, { id: 'flows' }, { id: 'acme', name: '' }])('is refused for %j', async (body) => {
    const ada = await new TestApp().person();
    const refused = await ada.fetch('/api/v1/tenants', jsonInit('POST', body));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'invalid_body' });
  });

  test('is made once', async () => {
    const app = new TestApp();
    const [ada, eve] = [await app.person('ada'), await app.person('eve')];
    await ada.fetch('/api/v1/tenants', jsonInit('POST', { id: 'acme' }));
    const refused = await eve.fetch('/api/v1/tenants', jsonInit('POST', { id: 'acme' }));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'already_exists' });
  });

  test('of somebody else looks like none at all', async () => {
    const app = new TestApp();
    const [ada, eve] = [await app.person('ada'), await app.person('eve')];
    await app.tenant('acme', { owner: ada });
    for (const path of ['/api/v1/acme/flows/search', '/api/v1/tenants/acme']) {
      const foreign = await (await eve.fetch(path)).json<Record<string, string>>();
      const unknown = await (await eve.fetch(path.replace('acme', 'nowhere'))).json<Record<string, string>>();
      const masked = (problem: Record<string, string>) =>
        JSON.stringify({ ...problem, requestId: '' }).replaceAll('nowhere', 'acme');
      expect(foreign.status).toBe(404);
      expect(masked(foreign)).toBe(masked(unknown));
    }
    expect((await eve.fetch('/api/v1/tenants/acme', { method: 'DELETE' })).status).toBe(404);
  });

  test('is deleted by an owner only', async () => {
    const app = new TestApp();
    const [ada, bob] = [await app.person('ada'), await app.person('bob')];
    await app.tenant('acme', { owner: ada, admin: bob });
    expect((await bob.fetch('/api/v1/tenants/acme', { method: 'DELETE' })).status).toBe(403);
    expect((await ada.fetch('/api/v1/tenants/acme', { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch('/api/v1/acme/flows/search')).status).toBe(404);
  });

  test('takes what runs and what waits for a runner with it', async () => {
    const app = new TestApp();
    const ada = await app.person();
    const tenant = await app.tenant('acme', { owner: ada });
    const script = '\n  - { id: run, type: scripts.shell.Commands, commands: [ls] }\n';
    await ada.fetch('/api/v1/acme/flows', yamlInit('POST', FLOW.replace(/\n {2}- .*\n/, script)));
    const started = await ada.fetch('/api/v1/acme/executions/demo/hello', { method: 'POST' });
    const { id } = await started.json<{ id: ExecutionId }>();
    const group = () => tenant.runnerGroup('default').metrics();
    await vi.waitFor(async () => expect(await group()).toMatchObject({ queued: 1 }));
    expect((await ada.fetch('/api/v1/tenants/acme', { method: 'DELETE' })).status).toBe(204);
    await vi.waitFor(async () => expect(await tenant.execution(id).view(id)).toBeUndefined());
    await vi.waitFor(async () => expect(await group()).toMatchObject({ queued: 0 }));
  });

  test('made again under the same id has nothing of the deleted one', async () => {
    const app = new TestApp();
    const ada = await app.person();
    const before = await app.tenant('acme', { owner: ada });
    await before.files.put('a.txt', 'secret');
    await ada.fetch('/api/v1/acme/flows', yamlInit('POST', FLOW));
    await ada.fetch('/api/v1/tenants/acme', { method: 'DELETE' });
    expect(await before.files.head('a.txt')).toBeNull();

    const after = await app.tenant('acme', { owner: ada });
    expect(after.key).not.toBe(before.key);
    expect((await ada.fetch('/api/v1/acme/flows/demo/hello?allowDeleted=true')).status).toBe(404);
  });
});

describe('a path without a tenant', () => {
  test('means the only one there is, under `main` too', async () => {
    const app = new TestApp();
    const ada = await app.person();
    await app.tenant('acme', { owner: ada });
    expect((await ada.fetch('/api/v1/main/flows', yamlInit('POST', FLOW))).status).toBe(200);
    for (const path of ['/api/v1/flows/demo/hello', '/api/v1/main/flows/demo/hello', '/api/v1/acme/flows/demo/hello']) {
      expect((await ada.fetch(path)).status).toBe(200);
    }
  });

  test('is a 404 that says why when there are several, or none', async () => {
    const app = new TestApp();
    const [ada, eve] = [await app.person('ada'), await app.person('eve')];
    await app.tenant('acme', { owner: ada });
    await app.tenant('beta', { viewer: ada });
    for (const [person, reason] of [
      [ada, 'several'],
      [eve, 'none'],
    ] as const) {
      const answer = await person.fetch('/api/v1/main/flows/search');
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(reason) });
    }
  });
});
