import { describe, expect, test } from 'vitest';
import { Decimal, parseJson, stringifyJson } from './json.ts';

describe('JSON text', () => {
  const TEXTS = [
    '{"id":12345678901234567890}',
    '{"list":[-9007199254740993,{"deep":12345678901234567890}]}',
    '{"price":0.12345678901234567890,"both":[12345678901234567890,1.00000000000000000001]}',
    '{"huge":1e400,"plain":1.5,"none":null,"text":"12345678901234567890"}',
  ];
  for (const text of TEXTS) {
    test(`${text} leaves as it came`, () => expect(stringifyJson(parseJson(text))).toBe(text));
  }

  test('leaves undefined members out, with a bigint beside them or without', () => {
    expect(stringifyJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(stringifyJson({ a: undefined, b: 1n })).toBe('{"b":1}');
  });

  test('of a decimal that was written with a plus sign has none', () =>
    expect(stringifyJson([new Decimal('+1.5e400')])).toBe('[1.5e400]'));

  test('of a circle is refused', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => stringifyJson(circle)).toThrow(TypeError);
  });
});
