import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { textOf } from './testing.ts';

test('a text of several lines stays readable', () => {
  expect(textOf('{{ v | yaml }}', { v: { script: 'a\n  b\n', list: ['x\n\ny'], end: 'z\n\n' } })).toBe(
    ['script: |', '  a', '    b', 'list:', ' - |-', '   x', '', '   y', 'end: |+', '  z', '', ''].join('\n'),
  );
});

test('what could be read as something else is quoted', () => {
  for (const text of [
    '',
    ' a',
    'a ',
    'true',
    'No',
    'null',
    '~',
    '12',
    '1e3',
    '0x1F',
    '.inf',
    '- a',
    'a: b',
    'a #b',
    '#a',
    '@a',
    '{a',
    '"a',
    'a\tb\u0007',
    '\nfirst',
  ]) {
    expect(parse(textOf('{{ v | yaml }}', { v: text }))).toBe(text);
    expect(parse(textOf('{{ v | yaml }}', { v: { [text]: [text] } }))).toEqual({ [text]: [text] });
  }
});

test('texts of any lines are read back as they were', () => {
  const lines = fc
    .array(fc.constantFrom('', 'a', ' b', '- c', '# d', 'e: f', '\t', "'", '|'), { maxLength: 5 })
    .map((parts) => parts.join('\n'));
  const values = fc.oneof(
    lines,
    fc.array(lines, { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('k', 'l m', 'n: o', '5'),
      fc.array(fc.array(lines, { maxLength: 2 }), { maxLength: 2 }),
    ),
  );
  fc.assert(
    fc.property(values, (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      expect(parse(textOf('{{ v | yaml }}', { v: plain }))).toEqual(plain);
      expect(parse(textOf('{{ v | yaml | indent(2) }}', { v: { nested: plain } }).replace(/^/, '  '))).toEqual({
        nested: plain,
      });
    }),
    { numRuns: 500 },
  );
});
