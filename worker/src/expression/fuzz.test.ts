import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { EXPRESSION_ERROR_CODES } from './error.ts';
import { FILTERS } from './filters/registry.ts';
import { FUNCTIONS } from './functions/registry.ts';
import { cpuMsOf } from '../testing/cpu-time.ts';
import { renderText } from './render.ts';
import { scopeOf } from './scope.ts';
import { servicesWith, textOf } from './testing.ts';

const VARIABLES = { a: { b: [1, 'x', null, { c: 2.5 }] }, s: "it's", n: 3, big: 2n ** 65n, empty: null };

/** Pieces that templates are made of, sensible and not. */
const PIECES = [
  ...`{{ }} {% %} {# #} {{- -}} {%- -%} #{ } { ( ) [ ] " ' \\ \u0000 🦊`.split(' '),
  ...'if elseif else endif for in endfor set macro endmacro block endblock filter endfilter'.split(' '),
  ...'raw endraw verbatim endverbatim'.split(' '),
  ...`a a.b a.b[3].c s n big empty gone loop loop.index __proto__ constructor null true 1 2.5 0 'text' "t#{n}" -1 99999999999`.split(
    ' ',
  ),
  ...'+ - * / % ~ | .. ?? ??? == != < >= and or not is contains ? : , . = .size() .length()'.split(' '),
  ' ',
  '\n',
  'is not',
  'is defined',
  'is empty',
  'is even',
  'is json',
  ".replace('a', 'b')",
  ...[...FILTERS.keys()].map((name) => `| ${name}`),
  ...[...FUNCTIONS.keys()].map((name) => `${name}(`),
];

const GOOD = [
  '{{ a.b[3].c | default(1) }}',
  "{% for x in a.b %}{{ loop.index }}{{ x ?? 'none' }}{% else %}-{% endfor %}",
  '{% set v = n + 1 %}{{ v is even ? "even" : "odd" }}',
  "{% macro m(x, y=2) %}{{ x }}{{ y }}{% endmacro %}{{ m(1) | upper ~ 'z' }}",
  '{{ "in #{n} out" }}{% filter upper %}{{ s }}{% endfilter %}',
  "{{ {'k': [1, 2]} | merge({'l': big}) | toJson }}",
  "{{ now() | dateAdd(1, 'DAYS') | date('yyyy') }}",
  "{{ s | replace({'(.)': '$1$1'}, regexp=true) | split('t') | join(',') }}",
];

const CPU_MS_MAX = 200;

/** Renders, and checks that whatever comes is a result: never a throw, never the end of the stack, never long to wait for. */
async function check(template: string): Promise<void> {
  const render = () => renderText(template, scopeOf(VARIABLES), servicesWith());
  const result = await render();
  expect(await cpuMsOf(render, CPU_MS_MAX)).toBeLessThanOrEqual(CPU_MS_MAX);
  if (result.ok) {
    expect(typeof result.value).toBe('string');
    return;
  }
  expect(EXPRESSION_ERROR_CODES).toContain(result.error.code);
  expect(result.error.line).toBeGreaterThanOrEqual(1);
  expect(result.error.column).toBeGreaterThanOrEqual(1);
  expect(result.error.message).not.toBe('');
}

describe('every template is a text or an error', () => {
  test('pieces in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }), (pieces) => check(pieces.join(' '))),
      { numRuns: 2_000 },
    );
  });

  test('pieces within a tag', async () => {
    const pieces = fc.array(fc.constantFrom(...PIECES.slice(24)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, (inner) => check(`{{ ${inner.join(' ')} }}`)),
      { numRuns: 4_000 },
    );
  });

  test('good templates with a part cut out, doubled or replaced', async () => {
    const mutation = fc.tuple(
      fc.constantFrom(...GOOD),
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom('', ...PIECES),
      fc.boolean(),
    );
    const mutated = ([template, at, length, piece, doubles]: [string, number, number, string, boolean]) => {
      const start = at % (template.length + 1);
      const cut = template.slice(start, start + length);
      return template.slice(0, start) + (doubles ? cut + piece + cut : piece) + template.slice(start + length);
    };
    await fc.assert(
      fc.asyncProperty(mutation, (one) => check(mutated(one))),
      { numRuns: 4_000 },
    );
  });

  test('any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), (text) =>
        check(`{{ ${text} }}{% ${text} %}${text}`),
      ),
      { numRuns: 1_000 },
    );
  });

  test('pieces repeated very often', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PIECES),
        fc.constantFrom('{{ ', '{% if ', '{% for x in ', ''),
        (piece, start) => check(start + `${piece} `.repeat(5_000)),
      ),
      { numRuns: 300 },
    );
  });
});

describe('what one filter writes, a function reads', () => {
  const values = fc.jsonValue({ maxDepth: 4 });

  test('JSON', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(textOf('{{ fromJson(v | toJson) | toJson }}', { v: plain(value) }))).toEqual(plain(value));
      }),
    );
  });

  test('ION', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(textOf('{{ fromIon(v | toIon) | toJson }}', { v: plain(value) }))).toEqual(plain(value));
      }),
    );
  });

  test('YAML, as any other reader of YAML does', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = textOf('{{ v | yaml }}', { v: plain(value) });
        expect(parseYaml(text)).toEqual(plain(value));
      }),
    );
  });
});

/** JSON as it comes from a text, without negative zero. */
function plain(value: unknown) {
  return JSON.parse(JSON.stringify(value));
}
