import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formsOf, MASK, Masker } from './masking.ts';

const SECRET = 'pa$$w0rd/"x y';

function inPieces(masker: Masker, text: string, size: number): string {
  const stream = masker.stream();
  let masked = '';
  for (let at = 0; at < text.length; at += size) masked += stream.push(text.slice(at, at + size));
  return masked + stream.end();
}

describe('a secret is hidden', () => {
  const masker = new Masker([SECRET]);

  test.each([
    ['raw', SECRET],
    ['in JSON', JSON.stringify(SECRET)],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', encodeURIComponent(SECRET).replaceAll('%20', '+')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64, one byte later', Buffer.from(`u${SECRET}`).toString('base64')],
    ['in base64, inside a longer text', Buffer.from(`me:${SECRET}:more`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`??${SECRET}`).toString('base64url')],
    ['in double quotes of a shell', `echo "pa\\$\\$w0rd/\\"x y"`],
  ])('%s', (_form, text) => {
    const masked = masker.mask(`before ${text} after`);
    expect(masked).toMatch(/^before .*\*{6}.* after$/);
    expect(masked).not.toContain('w0rd');
    expect(masked.length).toBeLessThan(`before ${text} after`.length);
  });

  test('in single quotes of a shell, where it holds one', () => {
    expect(new Masker(["it's secret"]).mask(`'it'\\''s secret'`)).toBe(`'${MASK}'`);
  });

  test('line by line, when it has several', () => {
    const key = '-----BEGIN KEY-----\nabcdefgh\nxy\n-----END KEY-----';
    expect(new Masker([key]).mask('found abcdefgh and xy')).toBe(`found ${MASK} and xy`);
  });

  test('wherever the pieces of the stream are cut', () => {
    const text = `a ${SECRET}${SECRET} b ${encodeURIComponent(SECRET)} ${SECRET.slice(0, -1)}`;
    const whole = masker.mask(text);
    expect(whole).toBe(`a ${MASK}${MASK} b ${MASK} ${SECRET.slice(0, -1)}`);
    for (let size = 1; size < text.length; size++) expect(inPieces(masker, text, size)).toBe(whole);
  });

  test('also when it overlaps another, begins like another or holds another', () => {
    const several = new Masker(['abcdefgh', 'efghijkl', 'cdefgh1234567890', 'defghi']);
    expect(several.mask('-abcdefghijkl-')).toBe(`-${MASK}-`);
    expect(several.mask('-cdefgh123-')).toBe('-cdefgh123-');
    expect(several.mask('-xabcdefgh1234567890-')).toBe(`-x${MASK}-`);
  });
});

test('a secret that is too short to be told from other text is left alone', () => {
  expect([...formsOf('short')]).toEqual([]);
  expect(new Masker(['short', '']).mask('a short text')).toBe('a short text');
});

test('no text that goes through still holds a secret, and text without one comes out as it went in', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), minLength: 6, maxLength: 9 });
  const property = fc.property(
    fc.array(letters, { maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 60 }),
    fc.integer({ min: 1, max: 9 }),
    (secrets, text, size) => {
      const masker = new Masker(secrets);
      const masked = inPieces(masker, text, size);
      expect(masked).toBe(masker.mask(text));
      for (const secret of secrets) expect(masked).not.toContain(secret);
      if (!masked.includes(MASK)) expect(masked).toBe(text);
    },
  );
  fc.assert(property, { seed: 7 });
});
