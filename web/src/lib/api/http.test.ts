import { describe, expect, test } from 'vitest';
import { pathOf, urlOf } from './http.ts';

describe('urls', () => {
  test('leave out what is not set, and repeat what is a list', () => {
    expect(urlOf('/acme/flows/search', { q: '', page: undefined, size: 10, sort: ['a:asc', 'b:desc'] })).toBe(
      '/api/v1/acme/flows/search?size=10&sort=a%3Aasc&sort=b%3Adesc',
    );
  });

  test('never let a name become part of the path', () => {
    expect(pathOf('acme', '../me', 'a/b')).toBe('/acme/..%2Fme/a%2Fb');
  });
});
