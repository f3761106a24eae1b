import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectName } from './tenant.ts';

describe('names of objects', () => {
  const place = fc.tuple(
    fc.nat(),
    fc.constantFrom('execution', 'flow', 'scheduler'),
    fc.array(fc.string(), { maxLength: 3 }),
  );

  test('of two tenants never collide, whatever their parts hold', () => {
    fc.assert(
      fc.property(place, place, ([tenant, kind, parts], [otherTenant, otherKind, otherParts]) => {
        const isSame =
          tenant === otherTenant && kind === otherKind && JSON.stringify(parts) === JSON.stringify(otherParts);
        expect(objectName(tenant, kind, ...parts) === objectName(otherTenant, otherKind, ...otherParts)).toBe(isSame);
      }),
    );
  });

  test('keep a slash inside its part', () => {
    expect(objectName(1, 'flow', 'a/b', 'c')).not.toBe(objectName(1, 'flow', 'a', 'b/c'));
    expect(objectName(1, 'flow', 'a')).toBe('1/flow/a');
  });
});
