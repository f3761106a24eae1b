/** Passwords at rest: scrypt with N = 2^14, r = 8, p = 5, one of the settings that OWASP's cheat sheet calls sufficient.
 *
 *  Why not PBKDF2: Cloudflare refuses more than 100,000 rounds of it, a sixth of what is advised. Why not more memory:
 *  this setting takes 16 MiB, and several people who sign in at once share the 128 MiB of one Worker. It costs some 0.2 s
 *  of CPU, which a paid plan allows; nothing but signing in pays it, since tokens and sessions are looked up by hash. */
import { scrypt, timingSafeEqual } from 'node:crypto';

const COST = { N: 2 ** 14, r: 8, p: 5 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** The hash of no password, for those who are nobody: checking against it takes as long as against a real one. */
export const NOBODYS_HASH = ['scrypt', COST.N, COST.r, COST.p, 'AAAAAAAAAAAAAAAAAAAAAA==', ''].join('$');

/** `scrypt$N$r$p$salt$key`: the setting is kept beside the hash, so that it can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(Buffer.alloc(SALT_BYTES));
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
}

export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  // Composed and decomposed accents are the same password.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
