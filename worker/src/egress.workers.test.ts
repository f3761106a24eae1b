import { describe, expect, test } from 'vitest';
import { DEPTH_HEADER, guardedFetch, refusalOf } from './egress.ts';
import type { EgressPolicy } from './egress.ts';
import { EGRESS_DEPTH_MAX } from './limits.ts';

const policy: EgressPolicy = { allow: [], ownHosts: ['rondo.example'], depth: 0 };

describe('an address', () => {
  test.each([
    'http://example.com/',
    'https://example.com:443/x?y',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'http://example.com.:80/',
  ])('%s may be called', (url) => {
    expect(refusalOf(new URL(url), policy)).toBeUndefined();
  });

  test.each([
    ['ftp://example.com/', 'http and https'],
    ['file:///etc/passwd', 'http and https'],
    ['https://user:pass@example.com/', 'user name'],
    ['https://example.com:8443/', 'port 8443'],
    ['http://127.0.0.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://１２７.0.0.1/', 'loopback'],
    ['http://10.0.0.1/', 'private'],
    ['http://172.16.9.9/', 'private'],
    ['http://192.168.1.1/', 'private'],
    ['http://169.254.169.254/latest/meta-data', 'linkLocal'],
    ['http://100.64.0.1/', 'carrierGradeNat'],
    ['http://0.0.0.0/', 'unspecified'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://[::1]/', 'loopback'],
    ['http://[::]/', 'unspecified'],
    ['http://[::ffff:127.0.0.1]/', 'loopback'],
    ['http://[::ffff:7f00:1]/', 'loopback'],
    ['http://[64:ff9b::7f00:1]/', 'not a public address'],
    ['http://[2002:7f00:1::]/', 'not a public address'],
    ['http://[::127.0.0.1]/', 'not a public address'],
    ['http://[::a00:1]/', 'not a public address'],
    ['http://[64:ff9b:1::7f00:1]/', 'not a public address'],
    ['http://[4000::1]/', 'not a public address'],
    ['http://[fec0::1]/', 'not a public address'],
    ['http://198.18.0.1/', 'reserved'],
    ['http://[fe80::1]/', 'linkLocal'],
    ['http://[fd00::1]/', 'uniqueLocal'],
    ['http://localhost/', 'not a public name'],
    ['http://LOCALHOST./', 'not a public name'],
    ['http://a.localhost/', 'not a public name'],
    ['http://printer.local/', 'not a public name'],
    ['http://metadata.google.internal/', 'not a public name'],
    ['http://rondo.example/', 'this server itself'],
    ['http://rondo.example./', 'this server itself'],
  ])('%s is refused: %s', (url, reason) => {
    expect(refusalOf(new URL(url), policy)).toContain(reason);
  });

  test.each([
    ['127.0.0.1', 'http://127.0.0.1:9000/', true],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000/', true],
    ['127.0.0.1:9000', 'http://127.0.0.1:9001/', false],
    ['localhost:*', 'http://LocalHost:1/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]', 'http://[::1]:1/', true],
    ['10.0.0.1', 'http://10.0.0.2/', false],
  ])('the allow-list entry %s opens %s: %s', (entry, url, opens) => {
    expect(refusalOf(new URL(url), { ...policy, allow: [entry] }) === undefined).toBe(opens);
  });
});

describe('a call', () => {
  const answers = (table: Record<string, () => Response>) => {
    const seen: Request[] = [];
    const send = (async (request: Request) => {
      seen.push(request);
      return table[request.url]?.() ?? new Response('nothing here', { status: 404 });
    }) as typeof fetch;
    return { seen, fetch: guardedFetch(policy, send) };
  };
  const redirect =
    (to: string, status = 302) =>
    () =>
      new Response(null, { status, headers: { location: to } });

  test('follows redirects, checks each one, and leaves credentials with the first host', async () => {
    const { seen, fetch } = answers({
      'https://a.example/': redirect('https://b.example/x'),
      'https://b.example/x': () => new Response('done'),
    });
    const answer = await fetch('https://a.example/', { headers: { authorization: 'Bearer x', accept: 'text/plain' } });
    expect(await answer.text()).toBe('done');
    expect(seen.map(({ headers }) => [headers.get('authorization'), headers.get('accept')])).toEqual([
      ['Bearer x', 'text/plain'],
      [null, 'text/plain'],
    ]);
  });

  test('does not follow a redirect to a private address', async () => {
    const { seen, fetch } = answers({ 'https://a.example/': redirect('http://169.254.169.254/') });
    await expect(fetch('https://a.example/')).rejects.toThrow('not a public address');
    expect(seen).toHaveLength(1);
  });

  test('turns a POST into a GET for 303 and repeats it for 307', async () => {
    for (const [status, method, body] of [
      [303, 'GET', ''],
      [307, 'POST', 'hello'],
    ] as const) {
      const { seen, fetch } = answers({
        'https://a.example/': redirect('/next', status),
        'https://a.example/next': () => new Response('ok'),
      });
      await fetch('https://a.example/', { method: 'POST', body: 'hello' });
      expect(seen[1]?.method).toBe(method);
      expect(await seen[1]?.text()).toBe(body);
    }
  });

  test('gives up after five redirects, and hands one over when it is asked to', async () => {
    const { fetch } = answers({ 'https://a.example/': redirect('https://a.example/') });
    await expect(fetch('https://a.example/')).rejects.toThrow('more than 5 times');
    expect((await fetch('https://a.example/', { redirect: 'manual' })).status).toBe(302);
    await expect(fetch('https://a.example/', { redirect: 'error' })).rejects.toThrow('redirect');
  });

  test('says how deep it is, and is cut when it is too deep', async () => {
    const { seen, fetch } = answers({ 'https://a.example/': () => new Response('ok') });
    await fetch('https://a.example/');
    expect(seen[0]?.headers.get(DEPTH_HEADER)).toBe('1');
    const deep = guardedFetch({ ...policy, depth: EGRESS_DEPTH_MAX });
    await expect(deep('https://a.example/')).rejects.toThrow('cut here');
  });

  test('that fails says where', async () => {
    const fetch = guardedFetch(policy, () => Promise.reject(new Error('connection refused')));
    await expect(fetch('https://a.example/')).rejects.toThrow('GET https://a.example/ failed: connection refused');
  });
});
