import { describe, expect, test } from 'vitest';
import { hashOf, newToken, tokenKind, tokenPrefix } from './token.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

describe('an API token', () => {
  test('says its kind and passes its own check', () => {
    for (const kind of ['pat', 'svc', 'enr'] as const) expect(tokenKind(newToken(kind, random))).toBe(kind);
  });

  test('has the form that secret scanners are told to look for', () => {
    expect(newToken('pat', random)).toMatch(/^rnd_pat_[0-9A-Za-z]{36}$/);
  });

  test('is refused when one character of it is another', () => {
    const token = newToken('pat', random);
    for (let at = 8; at < token.length; at++) {
      const other = token[at] === 'a' ? 'b' : 'a';
      expect(tokenKind(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
    }
  });

  test.each(['', 'rnd_pat_', 'rnd_xyz_' + '0'.repeat(36), 'ghp_' + '0'.repeat(36)])('is not %j', (text) => {
    expect(tokenKind(text)).toBeUndefined();
  });

  test('shows too little of itself in lists to be guessed', () => {
    const token = newToken('pat', random);
    expect(tokenPrefix(token)).toHaveLength(12);
    expect(token.startsWith(tokenPrefix(token))).toBe(true);
  });

  test('is stored as SHA-256 in hexadecimal', async () => {
    expect(await hashOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
