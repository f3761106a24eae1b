import { describe, expect, test } from 'vitest';
import { readCredential } from './credential.ts';

const TOKEN = 'rnd_pat_abc';

function read(headers: Record<string, string>) {
  return readCredential(new Headers(headers));
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe('what a request authenticates with', () => {
  test('a bearer token, whatever the case of the scheme', () => {
    expect(read({ authorization: `Bearer ${TOKEN}` })).toEqual({ kind: 'token', token: TOKEN });
    expect(read({ authorization: `bearer ${TOKEN}` })).toEqual({ kind: 'token', token: TOKEN });
  });

  test('a token as the password of any user name, as Terraform sends it', () => {
    expect(read({ authorization: basic(`anybody:${TOKEN}`) })).toEqual({ kind: 'token', token: TOKEN });
    expect(read({ authorization: basic(`:${TOKEN}`) })).toEqual({ kind: 'token', token: TOKEN });
  });

  test('an e-mail address and a password, which may hold colons and umlauts', () => {
    expect(read({ authorization: basic('ada@example.com:pä:ss') })).toEqual({
      kind: 'password',
      email: 'ada@example.com',
      password: 'pä:ss',
    });
  });

  test('the JWT cookie of old clients goes before an empty Basic header', () => {
    expect(read({ authorization: 'Basic Og==', cookie: `JWT=${TOKEN}` })).toEqual({ kind: 'token', token: TOKEN });
  });

  test('an empty Basic header alone is no credential', () => {
    expect(read({ authorization: 'Basic Og==' })).toBeUndefined();
  });

  test('a header goes before the cookie that a browser adds', () => {
    const headers = { authorization: `Bearer ${TOKEN}`, cookie: 'rondo_session=abc' };
    expect(read(headers)).toEqual({ kind: 'token', token: TOKEN });
  });

  test('the dashboard’s cookie, in its secure name first', () => {
    expect(read({ cookie: 'a=b; rondo_session=plain; __Host-rondo_session=secure' })).toEqual({
      kind: 'session',
      cookie: 'secure',
    });
    expect(read({ cookie: 'rondo_session=plain' })).toEqual({ kind: 'session', cookie: 'plain' });
  });

  test.each(['', 'Digest abc', 'Basic ???', 'Basic', basic('no colon')])('nothing in %j', (authorization) => {
    expect(read({ authorization })).toBeUndefined();
  });
});
