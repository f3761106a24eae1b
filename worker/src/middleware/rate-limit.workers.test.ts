import { describe, expect, test } from 'vitest';
import { CALLERS_COUNTED_MAX, CALLS_PER_MINUTE_MAX } from '../limits.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';
import { CallCounts } from './rate-limit.ts';

const signIn = (app: TestApp, address: string) =>
  app.fetch(
    '/api/v1/login',
    jsonInit('POST', { username: 'ada@example.com', password: 'wrong-password' }, { 'CF-Connecting-IP': address }),
  );

describe('calls are counted', () => {
  test('by credential, and every answer says what is left', async () => {
    const ada = await new TestApp().person();
    await ada.fetch('/api/v1/me');
    const answer = await ada.fetch('/api/v1/me');
    expect(answer.headers.get('ratelimit-policy')).toBe(`"api";q=${CALLS_PER_MINUTE_MAX.api};w=60`);
    expect(answer.headers.get('ratelimit')).toBe(`"api";r=${CALLS_PER_MINUTE_MAX.api - 2};t=60`);
  });

  test('by address where people sign in, whose limit ends with its minute', { timeout: 30_000 }, async () => {
    const app = new TestApp();
    for (let n = 0; n < CALLS_PER_MINUTE_MAX['sign-in']; n++) {
      // What is wrong with the body is said without a look at passwords, so that this test is quick.
      const answer = await app.fetch('/api/v1/login', jsonInit('POST', {}, { 'CF-Connecting-IP': '192.0.2.1' }));
      expect(answer.status).toBe(422);
    }
    const refused = await signIn(app, '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('"sign-in"') });
    expect((await signIn(app, '192.0.2.2')).status).toBe(401);
    app.now += 60_000;
    expect((await signIn(app, '192.0.2.1')).status).toBe(401);
  });

  test('without keeping more callers than fit', () => {
    const counts = new CallCounts();
    for (let n = 0; n <= CALLERS_COUNTED_MAX; n++) counts.add(String(n), 0);
    expect(counts.add('0', 1).calls).toBe(1);
    expect(counts.add(String(CALLERS_COUNTED_MAX), 1).calls).toBe(2);
  });
});
