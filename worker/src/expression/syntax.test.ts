import { describe, expect, test } from 'vitest';
import { errorOf, textOf, valueOf } from './testing.ts';

describe('operators bind as Kestra does', () => {
  test.each([
    ["{{ 'a' ~ 'b' | upper }}", 'AB'],
    ["{{ 'x' + 'y' | upper }}", 'xY'],
    ["{{ missing | upper ?? 'd' }}", 'd'],
    ["{{ 'a' | upper ?? 'd' }}", 'A'],
    ['{{ 1 == null ?? 1 }}', 'true'],
    ['{{ not false == false }}', 'false'],
    ['{{ not (true == false) }}', 'true'],
    ['{{ 2 + 3 * 4 }} {{ (2 + 3) * 4 }} {{ 10 - 2 - 3 }} {{ 100 / 10 / 5 }} {{ 7 % 4 * 2 }}', '14 20 5 2 6'],
    ['{{ -2 + 5 }} {{ - 2 * -3 }} {{ +4 }} {{ -5 | abs }}', '3 6 4 5'],
    ['{{ true or false and false }} {{ false or true ? 1 : 2 }}', 'true 1'],
    ['{{ 1 < 2 == true }}', 'true'],
    ['{{ 1..3 | join("-") }}', '1-2-3'],
    ['{{ false ? 1 : true ? 2 : 3 }}', '2'],
    ['{{ 4 is even and 3 is not even }}', 'true'],
    ["{{ [1, 2] contains 2 and 'abc' contains 'b' }}", 'true'],
    ["{{ a ?? b ?? 'c' }} {{ a ??? 'c' }}", 'c c'],
  ])('%s gives %s', (template, text) => {
    expect(textOf(template)).toBe(text);
  });
});

describe('operators work on values as Java does', () => {
  test.each([
    ['{{ 7 / 2 }} {{ -7 / 2 }} {{ -7 % 3 }} {{ 7 / 2.0 }} {{ 4.0 / 2 }} {{ 1.5 + 1.5 }}', '3 -3 -1 3.5 2.0 3.0'],
    ['{{ 9223372036854775806 + 1 }} {{ 9007199254740993 - 1 }}', '9223372036854775807 9007199254740992'],
    [
      '{{ 1 == 1.0 }} {{ "1" == 1 }} {{ null == null }} {{ [1, {"a": 2}] == [1.0, {"a": 2}] }} {{ {"a": 1} == {"b": 1} }}',
      'true false true true false',
    ],
    ["{{ 'a' + 1 }} {{ 1 + 'a' }} {{ null + 'a' }} {{ null ~ 'a' }}", 'a1 1a nulla a'],
    [
      '{{ [1] + 2 }} {{ [1] + [2, 3] }} {{ [1, 2, 3, 2] - [2] }} {{ [1, 2, 2] - 2 }} {{ [1] - 9 }}',
      '[1,2] [1,2,3] [1,3] [1,2] [1]',
    ],
    ['{{ null < 1 }} {{ 1 >= null }}', 'false false'],
    [
      "{{ {'a': 1} contains 'a' }} {{ {'a': 1} contains ['a', 'b'] }} {{ null contains 1 }} {{ [1, 2, 3] contains [3, 1] }}",
      'true false false true',
    ],
    ["{{ 'a' equals 'a' }} {{ 'abc' contains ['a', 'c'] }}", 'true true'],
  ])('%s gives %s', (template, text) => {
    expect(textOf(template)).toBe(text);
  });

  test.each([
    ["{{ 'a' - 1 }}"],
    ['{{ null - 1 }}'],
    ['{{ 1 / 0 }}'],
    ['{{ 1.5 % 0 }}'],
    ["{{ 'a' < 1 }}"],
    ['{{ {} + {} }}'],
    ['{{ 9223372036854775807 + 1 }}'],
    ['{{ 1 contains 1 }}'],
    ["{{ 'a'..5 }}"],
    ['{{ null is even }}'],
    ['{{ [] ? 1 : 2 }}'],
    ['{{ null ? 1 : 2 }}'],
    ['{{ not {} }}'],
    ["{{ -'a' }}"],
  ])('%s is an error of its operands', (template) => {
    expect(errorOf(template).code).toBe('expression_argument');
  });
});

describe('literals and access', () => {
  test.each([
    ["{{ 'it\\'s' }} {{ \"a\\\"b\" }} {{ 'a\\\\b' }} {{ 'a\\d' }}", 'it\'s a"b a\\b a\\d'],
    ['{{ "#{1 + 1} and #{"in #{"side"}"}" }} {{ "" }} {{ "# {" }}', '2 and in side  # {'],
    ['{{ true }}{{ FALSE }}{{ none }}{{ NULL }}{{ 5L }} {{ 1.50 }}', 'truefalse5 1.5'],
    ["{{ {'a': {'b': [1, {'c': 2}]}}  }}", '{"a":{"b":[1,{"c":2}]}}'],
    ["{{ ({'a': 1}).a }} {{ ([1, 2])[1] }} {{ (1..9)[3] }}", '1 2 4'],
    ["{{ m['a-b'] }} {{ m[key] }} {{ m.list[0] }} {{ m.list['1'] }} {{ m [ 'a-b' ] }}", 'dash dash x y dash'],
    ['{{ m.is }} {{ m.equals }} {{ organization }} {{ notable }}', 'i e o n'],
    ['{{ été }}', 'summer'],
  ])('%s gives %s', (template, text) => {
    const variables = {
      m: { 'a-b': 'dash', list: ['x', 'y'], is: 'i', equals: 'e' },
      key: 'a-b',
      organization: 'o',
      notable: 'n',
      été: 'summer',
    };
    expect(textOf(template, variables)).toBe(text);
  });

  test('methods of a white list can be called, and no others', () => {
    expect(
      textOf(
        "{{ ' Ab'.trim().toUpperCase() }} {{ 'abc'.length() }} {{ 'abc'.substring(1) }} {{ 'abc'.substring(0, 2) }}",
      ),
    ).toBe('AB 3 bc ab');
    expect(
      textOf(
        "{{ 'abc'.contains('b') }} {{ 'abc'.startsWith('b') }} {{ 'abc'.endsWith('c') }} {{ 'abc'.indexOf('c') }} {{ ''.isEmpty() }}",
      ),
    ).toBe('true false true 2 true');
    expect(
      textOf(
        "{{ 'a,b'.split(',') }} {{ 'aXa'.replace('a', 'b') }} {{ 'A'.toLowerCase() }} {{ 'a'.equals('a') }} {{ (1).toString() }}",
      ),
    ).toBe('["a","b"] bXb a true 1');
    expect(
      textOf('{{ l.size() }} {{ l.get(1) }} {{ l.contains(1.0) }} {{ l.indexOf(2) }} {{ l.isEmpty() }}', { l: [1, 2] }),
    ).toBe('2 2 true 1 false');
    expect(
      textOf(
        "{{ m.size() }} {{ m.get('a') }} {{ m.get('x') }} {{ m.keySet() }} {{ m.values() }} {{ m.containsKey('a') }} {{ m.isEmpty() }}",
        { m: { a: 1 } },
      ),
    ).toBe('1 1  ["a"] [1] true false');
    expect(textOf('{% for e in m.entrySet() %}{{ e.key }}={{ e.value }}{% endfor %}', { m: { a: 1 } })).toBe('a=1');
    for (const template of [
      "{{ 'a'.getClass() }}",
      '{{ [].push(1) }}',
      '{{ {}.constructor() }}',
      '{{ (1).size() }}',
      '{{ m.hasOwnProperty(1) }}',
      "{{ 'a'.sizes() }}",
    ]) {
      expect(errorOf(template, { m: {} }).code).toBe(
        template.startsWith('{{ []') || template.startsWith('{{ {}') ? 'expression_syntax' : 'expression_unknown',
      );
    }
    expect(errorOf('{{ l.get(9) }}', { l: [] }).code).toBe('expression_argument');
    expect(errorOf("{{ 'a'.substring(5) }}").code).toBe('expression_argument');
    expect(errorOf("{{ 'a'.trimm() }}").message).toContain('Did you mean `trim`?');
  });
});

describe('tags', () => {
  test.each([
    ['{% if a %}1{% elseif b %}2{% else %}3{% endif %}', '2'],
    ['{% if false %}1{% endif %}', ''],
    ['{% for x in [] %}x{% else %}none{% endfor %}{% for x in null %}x{% else %}null{% endfor %}', 'nonenull'],
    [
      '{% for x in l %}{{ loop.index }}/{{ loop.length }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }}{{ x }};{% endfor %}',
      '0/2truefalse1a;1/2falsetrue0b;',
    ],
    ['{% for e in {"k": "v"} %}{{ e.key }}={{ e.value }}{% endfor %}{% for i in 1..3 %}{{ i }}{% endfor %}', 'k=v123'],
    [
      '{% for x in l %}{% for y in l %}{{ x }}{{ y }}{{ loop.index }} {% endfor %}{{ loop.index }}{% endfor %}',
      'aa0 ab1 0ba0 bb1 1',
    ],
    [
      '{% set n = 0 %}{% for x in l %}{% set n = n + 1 %}{% set inner = x %}{% endfor %}{{ n }}{{ inner is defined }}',
      '2false',
    ],
    ['{% set b = 5 %}{{ b }}{% for x in l %}{% set l = 1 %}{% endfor %}{{ l }}', '51'],
    [
      '{{ m(1, c=3) }}{% macro m(a, b="x", c) %}{{ a }}{{ b }}{{ c }}{{ d is defined }}{{ l is defined }}{% endmacro m %}',
      '1x3falsefalse',
    ],
    ['{% macro m(c) %}{{ c.l[0] }}{{ _context.l[1] }}{% endmacro %}{{ m(_context ?? {"l": ["z"]}) }}', 'zb'],
    ['{% block "b" %}({{ l[0] }}){% endblock %}{{ block("b") }}{% block c %}c{% endblock c %}', '(a)(a)c'],
    ['{% filter upper | replace({"B": "-"}) %}a{{ l[1] }}c{% endfilter %}', 'A-C'],
    [
      '{% raw %}{{ a }}{% endraw %} {%- raw %} {% if %} {% endraw -%} {% verbatim %}{{ v }}{% endverbatim %}',
      '{{ a }}  {% if %}  {{ v }}',
    ],
    ['{# note {{ a }} #}x{#- trims -#} y', 'xy'],
  ])('%s gives %s', (template, text) => {
    expect(textOf(template, { a: false, b: true, l: ['a', 'b'] })).toBe(text);
  });

  test('white space is trimmed only where a sign says so', () => {
    expect(textOf('a \n {{ 1 }} \n b')).toBe('a \n 1 \n b');
    expect(textOf('a \n {{- 1 -}} \n b')).toBe('a1b');
    expect(textOf('a {%- if true -%} b {%- endif -%} c')).toBe('abc');
    expect(textOf('a {%- verbatim -%} b {%- endverbatim -%} c')).toBe('abc');
  });

  test.each([
    ['{% include "x" %}', 'expression_unknown', '`include`'],
    ['{% iff a %}{% endif %}', 'expression_unknown', 'Did you mean `if`?'],
    ['{% if true %}', 'expression_syntax', '{% endif %}'],
    ['{% for x in [] %}', 'expression_syntax', '{% endfor %}'],
    ['{% for x of [] %}{% endfor %}', 'expression_syntax', '`in`'],
    ['{% endif %}', 'expression_unknown', '`endif`'],
    ['{% set true = 1 %}', 'expression_syntax', 'cannot be assigned'],
    ['{% for x in 5 %}{% endfor %}', 'expression_argument', '`for`'],
    ['{% block 1 %}{% endblock %}', 'expression_syntax', ''],
    ['{% block "#{a}" %}{% endblock %}', 'expression_syntax', 'plain text'],
    ['{{ block("none") }}', 'expression_unknown', '`none`'],
    ['{% macro m() %}{% endmacro %}{{ m(1) }}', 'expression_argument', 'takes 0 arguments'],
    ['{% raw %}', 'expression_syntax', 'Unclosed raw'],
    ['{# a', 'expression_syntax', 'Unclosed comment'],
    ['{{ a', 'expression_syntax', 'Missing `}}`'],
    ['{{ (1 }}', 'expression_syntax', '`)`'],
    ['{{ 1) }}', 'expression_syntax', 'Unexpected `)`'],
    ["{{ 'a }}", 'expression_syntax', 'Unclosed text'],
    ['{{ "a#{1 }}', 'expression_syntax', ''],
    ['{{ a b }}', 'expression_syntax', 'Unexpected `b`'],
    ['{{ }}', 'expression_syntax', 'Unexpected `}}`'],
    ['{{ [1,2][0] }}', 'expression_syntax', 'Unexpected `[`'],
    ['{{ f(a=1, 2) }}', 'expression_syntax', 'before named'],
    ['{{ a.b(c=1) }}', 'expression_syntax', 'no named arguments'],
    ['{{ 99999999999999999999 }}', 'expression_syntax', '64 bits'],
    ['{{ a ; b }}', 'expression_syntax', '`;`'],
    ['{{ 1 is nothing }}', 'expression_unknown', '`nothing`'],
  ])('%s is refused', (template, code, part) => {
    const error = errorOf(template);
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });
});

describe('tests', () => {
  test.each([
    [
      '{{ a is defined }}{{ gone is defined }}{{ a.b.c is defined }}{{ n is defined }}{{ gone is not defined }}',
      'truefalsefalsefalsetrue',
    ],
    [
      "{{ '' is empty }}{{ ' ' is empty }}{{ null is empty }}{{ [] is empty() }}{{ {} is empty }}{{ 0 is empty }}{{ 'a' is not empty }}",
      'truetruetruetruetruefalsetrue',
    ],
    ['{{ null is null }}{{ 1 is null }}{{ 3 is odd }}{{ -3 is odd }}{{ 2 is even }}', 'truefalsetruetruetrue'],
    ["{{ [] is iterable }}{{ 'a' is iterable }}{{ {} is map }}{{ [] is map }}", 'truefalsetruefalse'],
    ["{{ '{\"a\": 1}' is json }}{{ '{a' is json }}{{ 1 is json }}", 'truefalsefalse'],
  ])('%s gives %s', (template, text) => {
    expect(textOf(template, { a: { x: 1 }, n: null })).toBe(text);
  });
});

test('a misspelt name is answered with the names that look like it, and its place', () => {
  const error = errorOf('first line\n{{ ok }} and {{ outputs.fetch.valeu }}', {
    ok: 1,
    outputs: { fetch: { value: 1, other: 2 } },
  });
  expect(error).toMatchObject({
    code: 'expression_undefined',
    name: 'valeu',
    suggestions: ['value'],
    line: 2,
    column: 31,
    expression: '{{ outputs.fetch.valeu }}',
  });
  expect(error.message).toBe(
    'Unable to find `valeu` used in the expression `{{ outputs.fetch.valeu }}` at line 2. Did you mean `value`?',
  );
  expect(errorOf('{{ inptus }}', { inputs: {} }).suggestions).toEqual(['inputs']);
  expect(errorOf('{{ missing }}').message).toBe(
    'Unable to find `missing` used in the expression `{{ missing }}` at line 1',
  );
});

test('only what is not defined is forgiven by ?? and ???', () => {
  expect(
    textOf("{{ n ?? 'd' }}|{{ n ??? 'd' }}|{{ a[gone].b ?? 'e' }}|{{ (gone + 1) ?? 'f' }}", { n: null, a: {} }),
  ).toBe('d||e|f');
  expect(errorOf("{{ fromJson('{') ?? 'd' }}").code).toBe('expression_argument');
  expect(errorOf('{{ gone ?? gone2 }}').name).toBe('gone2');
});

test('a template that is one expression has that value, any other is text', () => {
  expect(valueOf('{{ m }}', { m: { a: [1] } })).toEqual({ a: [1] });
  expect(valueOf(' {{ m }}', { m: { a: [1] } })).toBe(' {"a":[1]}');
  expect(valueOf('{{ 1..3 }}')).toEqual([1, 2, 3]);
  expect(valueOf('{{ n }}', { n: 12345678901234567890n })).toBe(12345678901234567890n);
  expect(valueOf('plain')).toBe('plain');
});
