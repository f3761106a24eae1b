import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { runJq } from './run-jq.ts';
import type { JqModule } from './run-jq.ts';

// In the types of workerd a module is not made by hand.
const module: JqModule = Reflect.construct(WebAssembly.Module, [
  readFileSync(fileURLToPath(import.meta.resolve('jq-web/jq.wasm'))),
]);
const NOW = Date.UTC(2026, 10, 22, 12);
const jq = (program: string, input: Json = null) => runJq(module, program, input, () => NOW);

describe('a jq program', () => {
  test.each<[string, Json, Json[]]>([
    ['.key', { key: 'my-key' }, ['my-key']],
    ['.missing', {}, [null]],
    ['.[]', [1, 'two', { three: 3 }], [1, 'two', { three: 3 }]],
    ['empty', 1, []],
    ['-1', 0, [-1]],
    ['map(.price * .count) | add', [{ price: 2, count: 3 }], [6]],
    ['group_by(.a) | map(length)', [{ a: 1 }, { a: 2 }, { a: 1 }], [[2, 1]]],
    ['test("^a.c$")', 'abc', [true]],
    ['.', 'line\nbreak, ü, 😀', ['line\nbreak, ü, 😀']],
    ['@base64d', 'aGk=', ['hi']],
    ['env', null, [{}]],
  ])('%s gives every result', (program, input, results) => {
    expect(jq(program, input)).toEqual(results);
  });

  test('keeps numbers of any size as they came', () => {
    const text = '{"id":12345678901234567890123}';
    expect(stringifyJson(jq('.', parseJson(text)))).toBe(`[${text}]`);
  });

  test.each<[string, Json, Json]>([
    ['now', null, NOW / 1000],
    ['fromdate', '2015-03-05T23:51:47Z', 1_425_599_507],
    ['todate', 1_425_599_507, '2015-03-05T23:51:47Z'],
    ['strftime("%A, %B %d, %Y")', 0, 'Thursday, January 01, 1970'],
    ['strptime("%a, %d %b %Y %H:%M:%S %z") | mktime', 'Thu, 05 Mar 2015 23:51:47 +0000', 1_425_599_507],
    ['strptime("%Y-%m-%dT%H:%M:%SZ")', '2015-03-05T23:51:47Z', [2015, 2, 5, 23, 51, 47, 4, 63]],
    ['strptime("%d/%m/%y %I:%M %p") | mktime | todate', '05/03/15 11:51 PM', '2015-03-05T23:51:00Z'],
    ['strptime("%Y %j") | mktime | todate', '2024 366', '2024-12-31T00:00:00Z'],
    ['strptime("%F %T") | mktime', '1969-12-31 23:59:50', -10],
    ['strptime("%s") | mktime', '1425599507', 1_425_599_507],
    ['localtime | mktime', 1_425_599_507, 1_425_599_507],
  ])('%s knows dates, in UTC', (program, input, result) => {
    expect(jq(program, input)).toEqual([result]);
  });
});

describe('a jq program that cannot be run says why', () => {
  test.each<[string, Json, RegExp]>([
    ['.a[', {}, /^syntax error, unexpected end of file/],
    ['.a', 3, /^Cannot index number with string "a"$/],
    ['nonsense', 1, /nonsense\/0 is not defined/],
    ['error("my own")', null, /^my own$/],
    ['', 1, /Top-level program not given/],
    ['.\0', 1, /NUL/],
    ['include "x"; .', 1, /module not found: x/],
    ['"2015" | strptime("%Q")', null, /does not match format/],
    ['"x" | strptime("%Y")', null, /does not match format/],
  ])('%s', (program, input, message) => {
    expect(() => jq(program, input)).toThrow(message);
  });

  test.each(['[range(1e8)]', 'def deeper: [deeper]; deeper', '"a" * 1e9 | length'])(
    '%s needs too much memory',
    (program) => {
      expect(() => jq(program)).toThrow('needs more memory than it may have');
    },
  );

  test('prints without end', () => {
    expect(() => jq('repeat(.)', 'x'.repeat(10_000))).toThrow(/at most \d+ bytes/);
  });

  test('is longer than it may be', () => {
    expect(() => jq(`.${' '.repeat(20_000)}`)).toThrow(/at most \d+ bytes/);
  });

  test('leaves nothing behind for the next one', () => {
    expect(() => jq('[range(1e8)]')).toThrow();
    expect(jq('.', 1)).toEqual([1]);
  });
});
