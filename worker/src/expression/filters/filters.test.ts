import { describe, expect, test } from 'vitest';
import { FILTERS } from './registry.ts';
import { errorOf, servicesWith, textOf } from '../testing.ts';
import type { ExpressionErrorCode } from '../error.ts';
import type { Variables } from '../testing.ts';

type Good = readonly [template: string, text: string, variables?: Variables];
type Bad = readonly [template: string, variables?: Variables, code?: ExpressionErrorCode];

/** What every filter gives, and what it refuses. */
const CASES: Readonly<Record<string, { gives: readonly Good[]; refuses: readonly Bad[] }>> = {
  abbreviate: {
    gives: [
      ["{{ 'a long sentence' | abbreviate(9) }}", 'a long...'],
      ["{{ 'short' | abbreviate(9) }}", 'short'],
      ["{{ 'abcdef' | abbreviate(2) }}", 'ab'],
    ],
    refuses: [["{{ 'a' | abbreviate }}"], ["{{ 'a' | abbreviate(-1) }}"], ['{{ 1 | abbreviate(3) }}']],
  },
  abs: {
    gives: [
      ['{{ -5 | abs }}', '5'],
      ['{{ 2.5 | abs }}', '2.5'],
      ['{{ n | abs }}', '12345678901234567890', { n: -12345678901234567890n }],
    ],
    refuses: [["{{ 'a' | abs }}"]],
  },
  base64encode: { gives: [["{{ 'héllo' | base64encode }}", 'aMOpbGxv']], refuses: [['{{ [1] | base64encode }}']] },
  base64decode: {
    gives: [["{{ 'aMOpbGxv' | base64decode }}", 'héllo']],
    refuses: [["{{ 'not base64!' | base64decode }}"], ["{{ 'abcde' | base64decode }}"]],
  },
  capitalize: { gives: [["{{ ' one two' | capitalize }}", ' One two']], refuses: [['{{ [1] | capitalize }}']] },
  chunk: {
    gives: [['{{ [1, 2, 3] | chunk(2) }}', '[[1,2],[3]]']],
    refuses: [["{{ 'a' | chunk(2) }}"], ['{{ [1] | chunk(0) }}'], ['{{ [1] | chunk }}']],
  },
  className: {
    gives: [
      [
        "{{ 'a' | className }} {{ 1 | className }} {{ 1.5 | className }} {{ true | className }}",
        'java.lang.String java.lang.Integer java.lang.Double java.lang.Boolean',
      ],
      ['{{ 3000000000 | className }} {{ n | className }}', 'java.lang.Long java.math.BigInteger', { n: 2n ** 70n }],
      ['{{ [] | className }} {{ {} | className }}', 'java.util.ArrayList java.util.LinkedHashMap'],
    ],
    refuses: [['{{ 1 | className(2) }}']],
  },
  date: {
    gives: [["{{ '2024-02-29T01:02:03Z' | date('yyyy/MM/dd', timeZone='America/New_York') }}", '2024/02/28']],
    refuses: [
      ["{{ 'soon' | date }}"],
      ["{{ '2024-01-01' | date(timeZone='Mars') }}"],
      ["{{ '2024-01-01' | date('jjj') }}"],
      ['{{ true | date }}'],
    ],
  },
  dateAdd: {
    gives: [["{{ '2024-01-31' | dateAdd(1, 'MONTHS', 'iso_date') }}", '2024-02-29Z']],
    refuses: [
      ["{{ '2024-01-31' | dateAdd(1, 'FORTNIGHTS') }}"],
      ["{{ '2024-01-31' | dateAdd(1) }}"],
      ["{{ '2024-01-31' | dateAdd(9000000, 'CENTURIES') }}"],
    ],
  },
  default: {
    gives: [
      [
        "{{ missing | default('d') }}{{ a.b.c | default('e') }}{{ '' | default('f') }}{{ 0 | default('g') }}",
        'def0',
        { a: {} },
      ],
      ["{{ missing | upper | default('d') }}", 'd'],
    ],
    refuses: [["{{ fromJson('x') | default('d') }}"]],
  },
  distinct: {
    gives: [['{{ [1, 2, 1.0, "a", "a", [1], [1], null, null] | distinct }}', '[1,2,"a",[1],null]']],
    refuses: [["{{ 'a' | distinct }}"]],
  },
  endsWith: {
    gives: [["{{ 'abc' | endsWith('bc') }}", 'true']],
    refuses: [["{{ null | endsWith('a') }}"], ["{{ 'a' | endsWith }}"]],
  },
  escapeChar: {
    gives: [
      [`{{ "it's" | escapeChar('single') }}`, "it\\'s"],
      [`{{ 'a "b"' | escapeChar('double') }}`, 'a \\"b\\"'],
      [`{{ "it's" | escapeChar('shell') }}`, "it'\\''s"],
      [`{{ {'k': ["it's", 1]} | escapeChar('single') }}`, `{"k":["it\\\\'s","1"]}`],
    ],
    refuses: [["{{ 'a' | escapeChar('html') }}"], ["{{ 'a' | escapeChar }}"]],
  },
  first: {
    gives: [["{{ [7, 8] | first }}{{ 'xyz' | first }}{{ [] | first }}{{ (3..9) | first }}", '7x3']],
    refuses: [['{{ 1 | first }}']],
  },
  last: {
    gives: [["{{ [7, 8] | last }}{{ 'xyz' | last }}{{ [] | last }}{{ (3..9) | last }}", '8z9']],
    refuses: [['{{ {} | last }}']],
  },
  flatten: { gives: [['{{ [1, [2, [3]], []] | flatten }}', '[1,2,[3]]']], refuses: [["{{ 'a' | flatten }}"]] },
  indent: {
    gives: [
      ["{{ 'a\nb' | indent(2) }}", 'a\n  b'],
      ["{{ 'a\r\nb' | indent(1, '\t') }}", 'a\r\n\tb'],
    ],
    refuses: [["{{ 'a' | indent }}"], ["{{ 'a' | indent(-1) }}"]],
  },
  nindent: { gives: [["{{ 'a\nb' | nindent(2) }}", '\n  a\n  b']], refuses: [["{{ 'a' | nindent('2') }}"]] },
  join: {
    gives: [["{{ [1, null, 'a'] | join('-') }}{{ ['x', 'y'] | join }}", '1--axy']],
    refuses: [["{{ 'a' | join('-') }}"], ['{{ [1] | join([]) }}']],
  },
  jq: {
    gives: [],
    refuses: [["{{ {} | jq('.') }}", {}, 'expression_service'], ["{{ 'not json' | jq('.') }}"], ['{{ {} | jq }}']],
  },
  json: { gives: [['{{ {"a": null} | json }}{{ null | json }}', '{"a":null}null']], refuses: [['{{ 1 | json(1) }}']] },
  toJson: {
    gives: [
      ['{{ v | toJson }}', '{"a":[1,1.5,"x\\"y",null,true]}', { v: { a: [1, 1.5, 'x"y', null, true] } }],
      ['{{ 8.0 | toJson }}', '8.0'],
    ],
    refuses: [['{{ missing | toJson }}', {}, 'expression_undefined']],
  },
  keys: {
    gives: [["{{ {'b': 1, 'a': 2} | keys }}{{ ['x', 'y'] | keys }}", '["b","a"][0,1]']],
    refuses: [["{{ 'a' | keys }}"]],
  },
  values: { gives: [["{{ {'b': 1, 'a': 2} | values }}", '[1,2]']], refuses: [['{{ [1] | values }}']] },
  length: {
    gives: [
      [
        "{{ 'abc' | length }}{{ [1] | length }}{{ {'a': 1, 'b': 2} | length }}{{ null | length }}{{ (1..9) | length }}",
        '31209',
      ],
    ],
    refuses: [["{{ 'a' | length(1) }}"]],
  },
  lower: { gives: [["{{ 'ÄB' | lower }}", 'äb']], refuses: [['{{ {} | lower }}']] },
  upper: { gives: [["{{ 'äb' | upper }}{{ 1 | upper }}", 'ÄB1']], refuses: [['{{ [1] | upper }}']] },
  md5: { gives: [["{{ 'hello' | md5 }}", '5d41402abc4b2a76b9719d911017c592']], refuses: [['{{ 1 | md5 }}']] },
  sha1: {
    gives: [["{{ 'hello' | sha1 }}", 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d']],
    refuses: [['{{ 1 | sha1 }}']],
  },
  sha256: {
    gives: [["{{ 'hello' | sha256 }}", '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824']],
    refuses: [['{{ [] | sha256 }}']],
  },
  sha512: {
    gives: [
      [
        "{{ 'hello' | sha512 }}",
        '9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043',
      ],
    ],
    refuses: [['{{ {} | sha512 }}']],
  },
  merge: {
    gives: [
      ["{{ {'a': 1, 'b': 2} | merge({'b': 3}) }}", '{"a":1,"b":3}'],
      ['{{ [1] | merge([2]) }}', '[1,2]'],
      ["{{ {'a': 1} | merge(['b']) }}", '{"a":1,"b":"b"}'],
      ["{{ [1] | merge({'k': 'v'}) }}", '[1,{"key":"k","value":"v"}]'],
      ['{{ null | merge([2]) }}{{ [1] | merge(null) }}', '[2][1]'],
    ],
    refuses: [
      ['{{ null | merge(null) }}'],
      ["{{ [1] | merge('a') }}"],
      ["{{ {} | merge('a') }}"],
      ["{{ 'a' | merge([]) }}"],
    ],
  },
  number: {
    gives: [
      ["{{ ('12' | number) + 1 }} {{ ('1.5' | number('DOUBLE')) + 1 }} {{ '9' | number('FLOAT') }}", '13 2.5 9.0'],
      ["{{ '123456789012345678901234567890' | number('BIGINTEGER') }}", '123456789012345678901234567890'],
      [
        "{{ '0.1234567890123456789' | number('BIGDECIMAL') }} {{ '.5' | number('BIGDECIMAL') }}",
        '0.1234567890123456789 0.5',
      ],
    ],
    refuses: [
      ["{{ 'x' | number }}"],
      ['{{ 1 | number }}'],
      ["{{ '3000000000' | number('INT') }}"],
      ["{{ '1.5' | number('LONG') }}"],
      ["{{ '1' | number('BYTE') }}"],
    ],
  },
  numberFormat: {
    gives: [
      ["{{ 1.232654 | numberFormat('#.##') }} {{ 1234567.891 | numberFormat('#,##0.00') }}", '1.23 1,234,567.89'],
      ["{{ 0.125 | numberFormat('0.00') }} {{ 0.375 | numberFormat('0.00') }}", '0.12 0.38'],
      ["{{ 0.256 | numberFormat('0%') }} {{ 5 | numberFormat('000') }} {{ 0.5 | numberFormat('#.#') }}", '26% 005 .5'],
      [
        "{{ -1.5 | numberFormat('0.0;(0.0)') }} {{ -1.5 | numberFormat('0.0') }} {{ -0.01 | numberFormat('0.0') }}",
        '(1.5) -1.5 0.0',
      ],
      ['{{ 1000000 | numberFormat }}', '1,000,000'],
      ["{{ n | numberFormat('#') }}", '12345678901234567891', { n: 12345678901234567891n }],
    ],
    refuses: [
      ["{{ 'a' | numberFormat('#') }}"],
      ["{{ 1 | numberFormat('0.0.0') }}"],
      [`{{ 1 | numberFormat('${'0'.repeat(120)}') }}`],
    ],
  },
  replace: {
    gives: [
      ["{{ 'a-b' | replace({'a': 'x', 'x': 'y'}) }}", 'y-b'],
      ["{{ 'a1b22' | replace({'(\\d+)': '<$1>'}, regexp=true) }}", 'a<1>b<22>'],
      ["{{ ['a', {'k': 'a'}] | replace({'a': 'b'}) }}", '["b",{"k":"b"}]'],
      ["{{ 'ab' | replace({'': '-'}) }}", '-a-b-'],
    ],
    refuses: [
      ["{{ 'a' | replace }}"],
      ["{{ 'a' | replace('b') }}"],
      ["{{ 'a' | replace({'(': ''}, regexp=true) }}"],
      ["{{ 'a' | replace({'a+': '$7'}, regexp=true) }}"],
    ],
  },
  reverse: {
    gives: [['{{ [1, 2] | reverse }}{{ (1..3) | reverse }}', '[2,1][3,2,1]']],
    refuses: [["{{ 'a' | reverse }}"]],
  },
  sort: {
    gives: [
      [
        "{{ [3, 1.5, 2] | sort }}{{ ['b', 'B', 'a'] | sort }}{{ [true, false] | sort }}",
        '[1.5,2,3]["B","a","b"][false,true]',
      ],
    ],
    refuses: [["{{ [1, 'a'] | sort }}"], ["{{ 'a' | sort }}"]],
  },
  rsort: { gives: [['{{ [3, 1, 2] | rsort }}', '[3,2,1]']], refuses: [['{{ [null, 1] | rsort }}']] },
  slice: {
    gives: [["{{ 'abcd' | slice(1, 3) }}{{ [1, 2, 3] | slice(1) }}{{ 'ab' | slice(toIndex=1) }}", 'bc[2,3]a']],
    refuses: [
      ["{{ 'abc' | slice(-1) }}"],
      ["{{ 'abc' | slice(0, 9) }}"],
      ["{{ 'abc' | slice(2, 1) }}"],
      ['{{ 1 | slice(0) }}'],
    ],
  },
  slugify: {
    gives: [["{{ 'Éte_de  l\\'An 2000!' | slugify }}", 'ete-de-lan-2000']],
    refuses: [['{{ [1] | slugify }}']],
  },
  split: {
    gives: [
      [
        "{{ 'a,b,,' | split(',') }}{{ 'a,b,,' | split(',', -1) }}{{ 'a,b,c' | split(',', 2) }}",
        '["a","b"]["a","b","",""]["a","b,c"]',
      ],
      [
        "{{ 'a1b22c' | split('\\d+') }}{{ 'a|b' | split('\\|') }}{{ 'a1b2c' | split('\\d', 2) }}",
        '["a","b","c"]["a","b"]["a","b2c"]',
      ],
    ],
    refuses: [["{{ 'a' | split }}"], ["{{ 'a' | split('(') }}"], ["{{ ['a'] | split(',') }}"]],
  },
  startsWith: { gives: [["{{ 'abc' | startsWith('ab') }}", 'true']], refuses: [["{{ null | startsWith('a') }}"]] },
  string: { gives: [['{{ (1 | string) + 1 }}{{ [1] | string }}', '11[1]']], refuses: [['{{ 1 | string(2) }}']] },
  substringBefore: {
    gives: [["{{ 'a.b.c' | substringBefore('.') }}{{ 'abc' | substringBefore('.') }}", 'aabc']],
    refuses: [["{{ 'a' | substringBefore }}"]],
  },
  substringBeforeLast: {
    gives: [["{{ 'a.b.c' | substringBeforeLast('.') }}{{ 'abc' | substringBeforeLast('.') }}", 'a.babc']],
    refuses: [["{{ 'a' | substringBeforeLast(1) }}"]],
  },
  substringAfter: {
    gives: [["{{ 'a.b.c' | substringAfter('.') }}{{ 'abc' | substringAfter('.') }}", 'b.c']],
    refuses: [["{{ ['a'] | substringAfter('.') }}"]],
  },
  substringAfterLast: {
    gives: [["{{ 'a.b.c' | substringAfterLast('.') }}{{ 'abc' | substringAfterLast('.') }}", 'c']],
    refuses: [["{{ 'a' | substringAfterLast }}"]],
  },
  timestamp: {
    gives: [
      [
        "{{ '2013-09-08T16:19:12.123456+01:00' | timestamp }} {{ '1969-12-31T23:59:59.5Z' | timestamp }}",
        '1378653552 -1',
      ],
    ],
    refuses: [["{{ 'x' | timestamp }}"]],
  },
  timestampMilli: {
    gives: [["{{ '2013-09-08T16:19:12.123456+01:00' | timestampMilli }}", '1378653552123']],
    refuses: [["{{ '2024-13-01' | timestampMilli }}"]],
  },
  timestampMicro: {
    gives: [["{{ '2013-09-08T16:19:12.123456+01:00' | timestampMicro }}", '1378653552123456']],
    refuses: [["{{ 'x' | timestampMicro }}"]],
  },
  timestampNano: {
    gives: [["{{ '2013-09-08T16:19:12.123456+01:00' | timestampNano }}", '1378653552123456000']],
    refuses: [["{{ 'x' | timestampNano }}"]],
  },
  title: { gives: [["{{ 'one  two' | title }}", 'One  Two']], refuses: [['{{ [1] | title }}']] },
  toIon: {
    gives: [
      [
        '{{ v | toIon }}{{ null | toIon }}',
        `{a:[1,1.5e0,"x"],'b c':{},'null':true}null`,
        { v: { a: [1, 1.5, 'x'], 'b c': {}, null: true } },
      ],
    ],
    refuses: [
      ['{{ {not: defined} | toIon }}', {}, 'expression_syntax'],
      ['{{ {key: 1} | toIon }}', {}, 'expression_undefined'],
    ],
  },
  trim: { gives: [["{{ '  a b\n' | trim }}", 'a b']], refuses: [['{{ {} | trim }}']] },
  urlencode: { gives: [["{{ 'a b&ü*~(' | urlencode }}", 'a+b%26%C3%BC*%7E%28']], refuses: [['{{ [1] | urlencode }}']] },
  urldecode: { gives: [["{{ 'a+b%26%C3%BC' | urldecode }}", 'a b&ü']], refuses: [["{{ '%zz' | urldecode }}"]] },
  yaml: {
    gives: [
      ["{{ {'a': [1, {'b': 'true'}], 'c': null} | yaml }}", 'a:\n - 1\n - b: "true"\nc: null\n'],
      ['{{ null | yaml }}', 'null\n'],
    ],
    refuses: [['{{ missing | yaml }}', {}, 'expression_undefined']],
  },
};

test('every filter is tested, and only filters that exist', () => {
  expect(Object.keys(CASES).sort()).toEqual([...FILTERS.keys()].sort());
});

describe.each(Object.entries(CASES))('%s', (name, { gives, refuses }) => {
  test.each(gives.map((one) => [...one] as const))('%s gives %j', (template, text, variables) => {
    expect(textOf(template, variables ?? {})).toBe(text);
  });

  test.each(refuses.map((one) => [...one] as const))('%s is refused with its place', (template, variables, code) => {
    const error = errorOf(template, variables ?? {});
    expect(error.code).toBe(code ?? 'expression_argument');
    expect(error.expression).toBe(template);
    expect(error.line).toBe(1);
  });

  test('null passes through or is a value of its own', () => {
    const accepts = FILTERS.get(name)?.acceptsNull;
    if (accepts === undefined && name !== 'default')
      expect(textOf(`{{ null | ${name}${ARGUMENTS[name] ?? ''} }}`)).toBe('');
  });
});

const ARGUMENTS: Readonly<Record<string, string>> = {
  abbreviate: '(3)',
  chunk: '(2)',
  dateAdd: "(1, 'DAYS')",
  indent: '(1)',
  nindent: '(1)',
  split: "(',')",
};

test('an unknown filter, an unknown argument and too many arguments are errors that name them', () => {
  expect(errorOf("{{ 'a' | nope }}")).toMatchObject({
    code: 'expression_unknown',
    message: expect.stringContaining('`nope`'),
  });
  expect(errorOf("{{ 'a' | upper(x=1) }}").message).toContain('no argument `x`');
  expect(errorOf("{{ 'a' | upper(1) }}").message).toContain('at most 0 arguments');
});

test('an unknown filter in a branch that is not taken is no error', () => {
  expect(textOf("{% if false %}{{ 'a' | nope }}{% endif %}ok")).toBe('ok');
});

test('jq gets the value as JSON, and its results are a list', () => {
  const services = servicesWith({ jq: (program, input) => [program, input] });
  expect(textOf("{{ {'a': 1} | jq('.a') }}", {}, services)).toBe('[".a",{"a":1}]');
  expect(textOf(`{{ '[1]' | jq('.[]') | last }}`, {}, services)).toBe('[1]');
});
