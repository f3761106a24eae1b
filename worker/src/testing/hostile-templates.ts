/** Templates that would cost too much, each with the error that says so. */
import { EXPRESSION_SOURCE_CHARS_MAX, EXPRESSION_TOKENS_MAX } from '../limits.ts';
import type { ExpressionErrorCode } from '../expression/index.ts';
import type { Json } from '../protocol/json.ts';

const A_MANY = 'a'.repeat(50_000);

export const HOSTILE_TEMPLATES: readonly [
  name: string,
  template: string,
  code: ExpressionErrorCode,
  variables?: Readonly<Record<string, Json>>,
][] = [
  ['nested parentheses', `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`, 'expression_depth_exceeded'],
  ['a chain of operators', `{{ 1${' + 1'.repeat(20_000)} }}`, 'expression_depth_exceeded'],
  ['a chain of signs', `{{ ${'-'.repeat(20_000)} 1 }}`, 'expression_depth_exceeded'],
  ['a chain of attributes', `{{ a${'.a'.repeat(20_000)} }}`, 'expression_depth_exceeded'],
  ['nested lists', `{{ ${'['.repeat(10_000)} }}`, 'expression_syntax'],
  ['nested tags', '{% if true %}'.repeat(10_000), 'expression_depth_exceeded'],
  ['nested interpolations', `{{ ${'"#{'.repeat(1_000)}1${'}"'.repeat(1_000)} }}`, 'expression_depth_exceeded'],
  ['a long loop', '{% for i in 1..1000000000 %}{% endfor %}', 'expression_steps_exceeded'],
  [
    'nested loops',
    '{% for i in 1..100000 %}{% for j in 1..100000 %}{% endfor %}{% endfor %}',
    'expression_steps_exceeded',
  ],
  ['a long range', '{{ range(1, 1000000000) }}', 'expression_argument'],
  [
    'a doubling text',
    '{% set a = "aaaa" %}{% for i in 1..99 %}{% set a = a ~ a %}{% endfor %}',
    'expression_output_exceeded',
  ],
  [
    'a doubling sum of texts',
    '{% set a = "aaaa" %}{% for i in 1..99 %}{% set a = a + a %}{% endfor %}',
    'expression_output_exceeded',
  ],
  [
    'a doubling interpolation',
    '{% set a = "aaaa" %}{% for i in 1..99 %}{% set a = "#{a}#{a}" %}{% endfor %}',
    'expression_output_exceeded',
  ],
  [
    'a doubling list',
    '{% set a = [1] %}{% for i in 1..99 %}{% set a = a + a %}{% endfor %}',
    'expression_steps_exceeded',
  ],
  [
    'a value that shares itself, printed',
    '{% set a = [1] %}{% for i in 1..40 %}{% set a = [a, a] %}{% endfor %}{{ a }}',
    'expression_steps_exceeded',
  ],
  [
    'two of them, compared',
    '{% set a = [1] %}{% set b = [1] %}{% for i in 1..40 %}{% set a = [a, a] %}{% set b = [b, b] %}{% endfor %}{{ a == b }}',
    'expression_steps_exceeded',
  ],
  [
    'a value of many levels',
    '{% set a = [1] %}{% for i in 1..10000 %}{% set a = [a] %}{% endfor %}{{ a | yaml }}',
    'expression_depth_exceeded',
  ],
  [
    'a growing integer',
    '{% set a = n %}{% for i in 1..99 %}{% set a = a * a %}{% endfor %}',
    'expression_argument',
    { n: 2n ** 70n },
  ],
  ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'expression_depth_exceeded'],
  ['a block that holds itself', '{% block b %}{{ block("b") }}{% endblock %}', 'expression_depth_exceeded'],
  ['a rendering that renders itself', '{{ render(a) }}', 'expression_depth_exceeded', { a: '{{ render(a) }}' }],
  ['a text that never rests', '{{ render(a) }}', 'expression_passes_exceeded', { a: '{{ b }}', b: '{{ a }}' }],
  ['a wide indent', "{{ 'a\nb' | indent(1000000000) }}", 'expression_output_exceeded'],
  ['a join with a long separator', '{{ range(1, 100000) | join(s) }}', 'expression_output_exceeded', { s: A_MANY }],
  ['a replacement that grows', '{{ s | replace({"a": s}) }}', 'expression_output_exceeded', { s: A_MANY }],
  [
    'a large regular expression over a long text',
    "{{ s | replace({'(((a{10}){10}){9})*$': ''}, regexp=true) }}",
    'expression_steps_exceeded',
    { s: A_MANY },
  ],
  ['a long regular expression', `{{ 'a' | split('${'(a)'.repeat(1_000)}') }}`, 'expression_regex_exceeded'],
  [
    'a regular expression over too much',
    "{{ s | split('a+') }}",
    'expression_regex_exceeded',
    { s: 'a'.repeat(2_000_000) },
  ],
  [
    'sorting again and again',
    '{% for i in 1..1000 %}{% set x = range(1, 100000) | sort %}{% endfor %}',
    'expression_steps_exceeded',
  ],
  [
    'hashing again and again',
    '{% for i in 1..100000 %}{% set x = s | sha512 %}{% endfor %}',
    'expression_steps_exceeded',
    { s: A_MANY },
  ],
  [
    'dates again and again',
    "{% for i in 1..1000000 %}{% set x = now('EEEE d MMMM', 'Europe/Paris', locale='fr') %}{% endfor %}",
    'expression_steps_exceeded',
  ],
  [
    'a long text changed again and again',
    '{% for i in 1..1000000 %}{% set x = s | title | slugify | trim %}{% endfor %}',
    'expression_steps_exceeded',
    { s: A_MANY },
  ],
  [
    'a long text searched again and again',
    '{% for i in 1..1000000 %}{% set x = s contains "b" or s.contains("c") or s is json %}{% endfor %}',
    'expression_steps_exceeded',
    { s: A_MANY },
  ],
  [
    'YAML read again and again',
    '{% for i in 1..1000000 %}{% set x = yaml("a: [1, 2]") %}{% endfor %}',
    'expression_steps_exceeded',
  ],
  ['a wide date', `{{ now('${'S'.repeat(5_000)}') }}`, 'expression_argument'],
  ['many tokens', `{{ [${'1,'.repeat(EXPRESSION_TOKENS_MAX)}1] }}`, 'expression_syntax'],
  ['a long source', `{{ 1 }}${' '.repeat(EXPRESSION_SOURCE_CHARS_MAX)}`, 'expression_syntax'],
];
