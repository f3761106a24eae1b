import { describe, expect, test } from 'vitest';
import { readConfig } from './env.ts';

const SECRET = 'x'.repeat(32);
const NEWER = 'y'.repeat(32);

describe('the configuration', () => {
  test('of a bare secret is its first version', () => {
    expect(readConfig({ RONDO_SECRET: SECRET })).toMatchObject({
      secrets: [{ version: 1, secret: SECRET }],
      egressAllow: [],
    });
  });

  test('may hold several secrets, the newest first', () => {
    const { secrets } = readConfig({ RONDO_SECRET: `2:${NEWER}, 1:${SECRET}` });
    expect(secrets).toEqual([
      { version: 2, secret: NEWER },
      { version: 1, secret: SECRET },
    ]);
  });

  test('lists what may be called beside public addresses', () => {
    const { egressAllow } = readConfig({ RONDO_SECRET: SECRET, RONDO_EGRESS_ALLOW: 'localhost:8080, 127.0.0.1,' });
    expect(egressAllow).toEqual(['localhost:8080', '127.0.0.1']);
  });

  test.each([{}, { RONDO_SECRET: '' }, { RONDO_SECRET: 'short' }, { RONDO_SECRET: `${SECRET},short` }])(
    '%j does not start',
    (variables) => {
      expect(() => readConfig(variables)).toThrow(/RONDO_SECRET/);
    },
  );

  test('an address that is none does not start', () => {
    expect(() => readConfig({ RONDO_SECRET: SECRET, RONDO_URL: 'rondo.example' })).toThrow();
  });
});
