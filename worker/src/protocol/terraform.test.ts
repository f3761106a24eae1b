import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStateHead } from './terraform.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const HEAD = { version: 4, serial: 7, lineage: 'a-b' };

describe('the head of a state', () => {
  test('is found wherever it stands', () => {
    const text = JSON.stringify(
      { outputs: { serial: { value: 99 } }, ...HEAD, resources: [{ lineage: 'x' }, '}"'] },
      null,
      2,
    );
    expect(readStateHead(bytes(`  ${text}\n`))).toEqual(HEAD);
  });

  test('is the same as a parser would find, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (rest, first) => {
        const document = first ? { ...HEAD, ...rest, ...HEAD } : { ...rest, ...HEAD };
        expect(readStateHead(bytes(JSON.stringify(document)))).toEqual(HEAD);
      }),
    );
  });

  test.each([
    '',
    '[]',
    'null',
    '{',
    '{"version":4}',
    '{"version":4,"serial":1,"lineage":"a"',
    '{"version":4,"serial":1,"lineage":"a"} x',
    '{"version":"4","serial":1,"lineage":"a"}',
    '{"version":4,"serial":-1,"lineage":"a"}',
    '{"version":4,"serial":1.5,"lineage":"a"}',
    '{"version":4 "serial":1,"lineage":"a"}',
    '{"version":4,"serial":1,"lineage":"a}',
  ])('is not in %s', (text) => {
    expect(readStateHead(bytes(text))).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void readStateHead(any)));
  });
});
