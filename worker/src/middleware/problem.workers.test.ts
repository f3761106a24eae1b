import { describe, expect, test } from 'vitest';
import { BODY_BYTES_MAX } from '../limits.ts';
import { jsonInit, ORIGIN, TestApp } from '../testing/test-app.ts';

describe('an error', () => {
  test('has the members that clients of both lines look for', async () => {
    const app = new TestApp();
    const ada = await app.person();
    await app.tenant('acme', { owner: ada });
    const answer = await ada.fetch('/api/v1/acme/flows/demo/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const requestId = answer.headers.get('x-request-id');
    expect(await answer.json()).toEqual({
      type: `${ORIGIN}/problems/not-found`,
      title: 'Not Found',
      status: 404,
      detail: 'Flow demo.nothing not found',
      instance: '/api/v1/acme/flows/demo/nothing',
      code: 'not_found',
      requestId,
      message: 'Not Found: Flow demo.nothing not found',
    });
  });

  test('lists every fault, in both forms', async () => {
    const ada = await new TestApp().person();
    const answer = await ada.fetch('/api/v1/tenants', jsonInit('POST', { id: 'A', name: '' }));
    const body = await answer.json<{ errors: { pointer: string }[]; _embedded: { errors: { message: string }[] } }>();
    expect(body.errors.map(({ pointer }) => pointer)).toEqual(['id', 'name']);
    expect(body._embedded.errors[0]?.message).toMatch(/^id: must be/);
  });

  test('is also what an unknown route answers, once the caller is known', async () => {
    const app = new TestApp();
    const ada = await app.person();
    for (const path of ['/api/v1/configs/anything', '/api/v1/acme/health', '/api/v2/me', '/nothing']) {
      expect((await app.fetch(path)).status).toBe(401);
      expect((await ada.fetch(path)).status).toBe(404);
    }
  });

  test('says which methods a path has that does not have this one', async () => {
    const app = new TestApp();
    const ada = await app.person();
    await app.tenant('acme', { owner: ada });
    const answer = await ada.fetch('/api/v1/acme/flows/search', { method: 'PATCH' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' });
    const state = await ada.fetch('/api/v1/acme/terraform/state/app', { method: 'PATCH' });
    expect(state.headers.get('allow')).toBe('GET, POST, PUT, DELETE, LOCK, UNLOCK');
  });

  test('says what this server does not have although Kestra does', async () => {
    const app = new TestApp();
    const ada = await app.person();
    await app.tenant('acme', { owner: ada });
    for (const path of ['/api/v1/acme/security-integrations', '/api/v1/acme/groups/x/members']) {
      const answer = await ada.fetch(path);
      expect(answer.status, path).toBe(501);
      expect(await answer.json()).toMatchObject({ code: 'not_implemented' });
    }
    expect((await ada.fetch('/api/v1/other/groups')).status).toBe(404);
    expect((await ada.fetch('/groups')).status).toBe(404);
  });

  test.each([
    '/api/v1/me/configs/login',
    '/api/v1/acme/flows/configs/login',
    '/api/v1/configs/login/',
    '/api/v1//configs/login',
    '/api/v1/me?/login',
  ])('meets whoever dresses %s up as an open route', async (path) => {
    expect((await new TestApp().fetch(path)).status).toBe(401);
  });

  test('tells of JSON that is none', async () => {
    const ada = await new TestApp().person();
    const answer = await ada.fetch('/api/v1/tenants', { ...jsonInit('POST', {}), body: '{"id": ' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request' });
  });
});

describe('a body beyond the limit', () => {
  const big = 'x'.repeat(BODY_BYTES_MAX + 1);

  test('is refused by what it says about its length', async () => {
    const ada = await new TestApp().person();
    const answer = await ada.fetch(
      '/api/v1/tenants',
      jsonInit('POST', {}, { 'content-length': String(BODY_BYTES_MAX + 1) }),
    );
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      code: 'too_large',
      detail: expect.stringContaining(String(BODY_BYTES_MAX)),
    });
  });

  test('is refused when it comes without a length', async () => {
    const app = new TestApp();
    const ada = await app.person();
    await app.tenant('acme', { owner: ada });
    const stream = new Blob([big]).stream();
    const answer = await ada.fetch('/api/v1/acme/flows', { method: 'POST', body: stream });
    expect(answer.status).toBe(413);
  });
});
