import { describe, expect, test } from 'vitest';
import { Namespace, NewNamespace, TenantId, tenantIdFrom } from './names.ts';

describe('tenant ids', () => {
  test.each(['acme', 'a', '1-2_3', 'c-0f9a', 'main'])('%j is one', (id) => {
    expect(TenantId.safeParse(id).success).toBe(true);
  });

  test.each(['', 'Acme', '-acme', '_acme', 'a.b', 'a/b', 'ä', 'a'.repeat(64), 'flows', 'me', 'tenants', 'auth'])(
    '%j is none',
    (id) => {
      expect(TenantId.safeParse(id).success).toBe(false);
    },
  );

  test('a reserved word is named in the refusal', () => {
    expect(TenantId.safeParse('plugins').error?.issues[0]?.message).toBe('"plugins" is a reserved word');
  });

  test.each([
    ['Ada Lovelace', 'ada-lovelace'],
    ['  Émile & Söhne GmbH ', 'emile-sohne-gmbh'],
    ['flows', undefined],
    ['…', undefined],
  ])('%j becomes %j', (name, id) => {
    expect(tenantIdFrom(name)).toBe(id);
  });
});

describe('namespaces', () => {
  test('hold dots', () => {
    expect(Namespace.safeParse('acme.demo').success).toBe(true);
  });

  test('that would hide behind a route can be read but not made', () => {
    expect(Namespace.safeParse('search').success).toBe(true);
    expect(NewNamespace.safeParse('search').success).toBe(false);
    expect(NewNamespace.safeParse('search.things').success).toBe(true);
  });
});
