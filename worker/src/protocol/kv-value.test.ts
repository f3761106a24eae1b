import { expect, test } from 'vitest';
import { readKvBody, toKvType } from './kv-value.ts';

test.each([
  ['1.5', { type: 'NUMBER', value: 1.5 }],
  ['12345678901234567890', { type: 'NUMBER', value: 12345678901234567890n }],
  ['true', { type: 'BOOLEAN', value: true }],
  ['"2022-05-01"', { type: 'DATE', value: '2022-05-01' }],
  ['"PT5S"', { type: 'DURATION', value: 'PT5S' }],
  ['" a "', { type: 'STRING', value: ' a ' }],
  ['2022-05-01', { type: 'DATE', value: '2022-05-01' }],
  ['2022-05-01T03:02:01Z', { type: 'DATETIME', value: '2022-05-01T03:02:01Z' }],
  ['2024-05-01T03:02:08.000Z', { type: 'DATETIME', value: '2024-05-01T03:02:08Z' }],
  ['P3DT3H2M1S', { type: 'DURATION', value: 'PT75H2M1S' }],
  ['{"a":[1]}', { type: 'JSON', value: { a: [1] } }],
  ['[1]', { type: 'JSON', value: [1] }],
  ['plain word', { type: 'STRING', value: 'plain word' }],
  ['Peter', { type: 'STRING', value: 'Peter' }],
  ['', { type: 'STRING', value: '' }],
  ['2022-13-41', { type: 'STRING', value: '2022-13-41' }],
])('the body %s is understood', (body, expected) => {
  expect(readKvBody(body)).toEqual(expected);
});

test('a text becomes the type that a flow names, or is refused', () => {
  expect(toKvType('12', 'NUMBER')).toEqual({ type: 'NUMBER', value: 12 });
  expect(toKvType('false', 'BOOLEAN')).toEqual({ type: 'BOOLEAN', value: false });
  expect(toKvType('PT5M', 'DURATION')).toEqual({ type: 'DURATION', value: 'PT5M' });
  expect(toKvType('"x"', 'JSON')).toEqual({ type: 'JSON', value: 'x' });
  expect(toKvType({ a: 1 }, 'JSON')).toEqual({ type: 'JSON', value: { a: 1 } });
  expect(toKvType('twelve', 'NUMBER')).toBeUndefined();
  expect(toKvType(12, 'DATE')).toBeUndefined();
});
