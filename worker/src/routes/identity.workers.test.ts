import { describe, expect, test } from 'vitest';
import { jsonInit, ORIGIN, TestApp } from '../testing/test-app.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' };

async function signUp(app: TestApp, more: object = {}): Promise<{ answer: Response; cookie: string }> {
  const answer = await app.fetch('/api/v1/signup', jsonInit('POST', { ...ADA, ...more }));
  return { answer, cookie: cookieOf(answer) };
}

function cookieOf(answer: Response): string {
  return (answer.headers.get('set-cookie') ?? '').replace(/;.*/s, '');
}

describe('signing up', () => {
  test('makes a person, their tenant and a session', async () => {
    const app = new TestApp();
    const { answer, cookie } = await signUp(app);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      user: { id: expect.any(String), email: ADA.email, name: ADA.name },
      tenant: { id: 'ada-lovelace', name: ADA.name },
    });
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-rondo_session=.*HttpOnly; Secure; SameSite=Lax/);

    const me = await app.fetch('/api/v1/me', { headers: { cookie } });
    expect(await me.json()).toMatchObject({
      profile: { email: ADA.email, firstName: 'Ada', lastName: 'Lovelace' },
      tenants: [{ id: 'ada-lovelace', role: 'owner' }],
    });
  });

  test('takes the tenant id that is asked for', async () => {
    const { answer } = await signUp(new TestApp(), { tenant: 'acme' });
    expect(await answer.json()).toMatchObject({ tenant: { id: 'acme' } });
  });

  test('finds another tenant id when the derived one is taken', async () => {
    const app = new TestApp();
    await app.tenant('ada-lovelace');
    const { answer } = await signUp(app);
    expect(await answer.json()).toMatchObject({ tenant: { id: expect.stringMatching(/^ada-lovelace-[a-z0-9]{6}$/) } });
  });

  test('is refused for a tenant id that is taken, and leaves nobody behind', async () => {
    const app = new TestApp();
    await app.tenant('acme');
    expect((await signUp(app, { tenant: 'acme' })).answer.status).toBe(422);
    expect((await signUp(app, { tenant: 'other' })).answer.status).toBe(200);
  });

  test('is refused for an address that has an account, and leaves no tenant behind', async () => {
    const app = new TestApp();
    await signUp(app);
    const { answer } = await signUp(app, { tenant: 'second' });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'already_exists' });
    expect((await signUp(app, { email: 'eve@example.com', tenant: 'second' })).answer.status).toBe(200);
  });

  test.each([
    ['no e-mail address', { email: 'ada' }, 'email'],
    ['a short password', { password: 'short' }, 'password'],
    ['a reserved tenant id', { tenant: 'flows' }, 'tenant'],
  ])('is refused with %s', async (_what, more, pointer) => {
    const { answer } = await signUp(new TestApp(), more);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'invalid_body', errors: [{ pointer }] });
  });
});

describe('signing in', () => {
  test('answers with a session that lasts until signing out', async () => {
    const app = new TestApp();
    await signUp(app);
    const login = await app.fetch('/api/v1/login', jsonInit('POST', { username: ADA.email, password: ADA.password }));
    expect(login.status).toBe(200);
    const headers = { cookie: cookieOf(login), origin: ORIGIN };
    expect((await app.fetch('/api/v1/me', { headers })).status).toBe(200);

    expect((await app.fetch('/api/v1/logout', { method: 'POST', headers })).status).toBe(204);
    expect((await app.fetch('/api/v1/me', { headers })).status).toBe(401);
  });

  test.each([
    ['a wrong password', { username: ADA.email, password: 'wrong horse battery' }],
    ['an unknown address', { username: 'eve@example.com', password: ADA.password }],
  ])('is refused with %s in the same words', async (_what, body) => {
    const app = new TestApp();
    await signUp(app);
    const login = await app.fetch('/api/v1/login', jsonInit('POST', body));
    expect(login.status).toBe(401);
    expect(await login.json()).toMatchObject({
      code: 'unauthenticated',
      detail: 'The e-mail address or the password is wrong.',
    });
  });

  test('works in each call by Basic with the address and the password', async () => {
    const app = new TestApp();
    await signUp(app);
    const basic = (password: string) => ({ headers: { authorization: `Basic ${btoa(`${ADA.email}:${password}`)}` } });
    expect((await app.fetch('/api/v1/me', basic(ADA.password))).status).toBe(200);
    expect((await app.fetch('/api/v1/me', basic('wrong horse battery'))).status).toBe(401);
  });
});

describe('a write with the session cookie', () => {
  const create = (headers: Record<string, string>) => jsonInit('POST', { id: 'acme' }, headers);

  test('must come from our own pages', async () => {
    const app = new TestApp();
    const { cookie } = await signUp(app);
    for (const origin of [undefined, 'https://evil.test', 'null']) {
      const refused = await app.fetch('/api/v1/tenants', create({ cookie, ...(origin && { origin }) }));
      expect(refused.status).toBe(403);
    }
    expect((await app.fetch('/api/v1/tenants', create({ cookie, origin: ORIGIN }))).status).toBe(200);
  });

  test('of a type that any page’s form can send must say so itself', async () => {
    const app = new TestApp();
    const { cookie } = await signUp(app);
    const init = { method: 'POST', body: 'a=b', headers: { cookie, origin: ORIGIN, 'content-type': 'text/plain' } };
    expect((await app.fetch('/api/v1/logout', init)).status).toBe(403);
    const sameOrigin = { ...init, headers: { ...init.headers, 'sec-fetch-site': 'same-origin' } };
    expect((await app.fetch('/api/v1/logout', sameOrigin)).status).toBe(204);
  });
});

describe('who is asking', () => {
  test('is asked of nobody without credentials', async () => {
    const answer = await new TestApp().fetch('/api/v1/me');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Basic');
  });

  test('is asked of a browser’s page without opening a dialogue', async () => {
    const app = new TestApp();
    for (const headers of [new Headers({ 'sec-fetch-mode': 'cors' }), new Headers({ referer: `${ORIGIN}/ui/login` })]) {
      const answer = await app.fetch('/api/v1/me', { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.has('www-authenticate')).toBe(false);
    }
  });
});
