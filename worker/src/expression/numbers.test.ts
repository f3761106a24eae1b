import { describe, expect, test } from 'vitest';
import { Decimal } from '../protocol/json.ts';
import { errorOf, textOf } from './testing.ts';

const NUMBERS = {
  big: 2n ** 70n,
  long: 9223372036854775807n,
  fine: new Decimal('0.12345678901234567890'),
  finer: new Decimal('0.12345678901234567891'),
  odd: new Decimal('1e400'),
};

describe('numbers of every size', () => {
  test.each([
    [
      '{{ big + 1 }} {{ big - big }} {{ big * 2 }} {{ big / 3 }} {{ big % 1000 }}',
      '1180591620717411303425 0 2361183241434822606848 393530540239137101141 424',
    ],
    [
      '{{ long - 1 }} {{ long / 2 }} {{ 4611686018427387904 + 4611686018427387903 }}',
      '9223372036854775806 4611686018427387903 9223372036854775807',
    ],
    ['{{ 1.5 - 0.5 }} {{ 1.5 * 2 }} {{ 7.5 % 2 }} {{ 3 / 1.5 }}', '1.0 3.0 1.5 2.0'],
    ['{{ -0 }} {{ 0 * -1 }} {{ -1 / 2 }} {{ (-big | abs) == big }}', '0 0 0 true'],
    [
      '{{ long < big }} {{ big > 1.5 }} {{ 2 >= 2.0 }} {{ 1.5 <= 1 }} {{ long == long + 0 }}',
      'true true true false true',
    ],
    ['{{ fine == finer }} {{ fine < finer }} {{ fine == fine }} {{ fine > finer }}', 'false true true false'],
    ['{{ odd == odd }} {{ odd > 1 }}', 'true true'],
    ['{{ 1000000000000 * 1000000.0 }} {{ 10000000000000000000000.0 * 10 }}', '1000000000000000000.0 1e+23'],
  ])('%s gives %s', (template, text) => {
    expect(textOf(template, NUMBERS)).toBe(text);
  });

  test.each([
    ['{{ big / 0 }}'],
    ['{{ long * 2 }}'],
    ['{{ odd + 1 }}'],
    ['{{ -long - 2 }}'],
    ['{{ big % 0 }}'],
    ["{{ '12e' | number }}"],
    [`{{ '${'9'.repeat(5_000)}' | number }}`],
  ])('%s is refused', (template) => {
    expect(errorOf(template, NUMBERS).code).toBe('expression_argument');
  });
});
