import { describe, expect, test } from 'vitest';
import { hashPassword, NOBODYS_HASH, verifyPassword } from './password.ts';

describe('a stored password', () => {
  test('fits the password it was made from and no other', async () => {
    const stored = await hashPassword('correct horse battery');
    expect(await verifyPassword(stored, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(stored, 'correct horse batterz')).toBe(false);
  });

  test('names its cost, so that it can be raised later', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(/^scrypt\$16384\$8\$5\$/);
  });

  test('is never the same twice', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  test('does not care how an accent was typed', async () => {
    expect(await verifyPassword(await hashPassword('caf\u00e9'), 'cafe\u0301')).toBe(true);
  });

  test('of nobody fits nothing', async () => {
    expect(await verifyPassword(NOBODYS_HASH, '')).toBe(false);
    expect(await verifyPassword('garbage', 'garbage')).toBe(false);
  });
});
