import { describe, expect, test } from 'vitest';
import { compileFlow } from './compile.ts';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

const CORPUS: [what: string, source: string, code: string][] = [
  ['nothing', '', 'yaml.empty'],
  ['a comment', '# nothing\n', 'yaml.empty'],
  ['a list', '- a\n- b\n', 'wrong-type'],
  ['a text', 'hello', 'wrong-type'],
  ['an open bracket', 'id: x\n  namespace: [\n', 'yaml.syntax'],
  ['a duplicate key', 'id: x\nid: y\n', 'yaml.duplicate-key'],
  ['a duplicate key by merge and twice by hand', 'a: &a { b: 1 }\nc: { <<: *a, b: 2, b: 3 }\n', 'yaml.duplicate-key'],
  ['a tab as indentation', 'id:\n\tnamespace: x\n', 'yaml.syntax'],
  ['a NUL', 'id: x\u0000y\n', 'yaml.encoding'],
  ['a bell', 'id: "\u0007"\n', 'yaml.encoding'],
  ['half of a surrogate pair', 'id: \ud83d\n', 'yaml.encoding'],
  ['a tag that runs code', 'id: !!js/function "function () {}"\n', 'yaml.tag'],
  ['a tag of its own', 'id: !secret x\n', 'yaml.tag'],
  ['binary', 'id: !!binary aGVsbG8=\n', 'yaml.tag'],
  ['an anchor inside itself', 'id: &a [*a]\n', 'yaml.alias'],
  ['an alias of nothing', 'id: *nobody\n', 'yaml.alias'],
  ['a merge of a text', 'a: { <<: text }\n', 'yaml.alias'],
  ['a list as a key', '? [a]\n: b\n', 'yaml.key'],
  ['two documents', 'id: x\n---\nid: y\n', 'yaml.syntax'],
  [
    'a billion laughs',
    `a: &a0 [x, x, x, x, x, x, x, x, x]\n${lines(9, (n) => `b${n}: &a${n + 1} [*a${n}, *a${n}, *a${n}, *a${n}, *a${n}, *a${n}, *a${n}, *a${n}]`)}\n`,
    'yaml.alias',
  ],
  ['a hundred thousand brackets', '['.repeat(100_000), 'yaml.depth'],
  ['a hundred thousand maps', '{a: '.repeat(100_000), 'yaml.depth'],
  ['a deep block', lines(500, (n) => `${' '.repeat(n)}a:`), 'yaml.depth'],
  ['dashes in dashes', `${'- '.repeat(5_000)}x`, 'yaml.depth'],
  ['ten megabytes', `id: "${'x'.repeat(10_000_000)}"`, 'yaml.size'],
  ['very many values', `id: [${'1,'.repeat(300_000)}]`, 'yaml.size'],
  ['very many tasks', `id: a\nnamespace: b\ntasks:\n${lines(6_000, (n) => ` - {id: t${n}, type: x}`)}`, 'limit'],
];

describe('bad YAML', () => {
  test.each(CORPUS)('%s', { timeout: 30_000 }, (_what, source, code) => {
    const before = process.cpuUsage();
    const { flow, diagnostics } = compileFlow(source);
    expect(flow).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    for (const { line, column, endLine } of diagnostics) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(endLine).toBeGreaterThanOrEqual(line);
    }
    const { user, system } = process.cpuUsage(before);
    // The bound is a second of a quiet machine's CPU.
    expect((user + system) / 1000).toBeLessThan(3_000);
  });

  test('a byte order mark is no fault', () => {
    expect(compileFlow('\ufeffid: a\nnamespace: b\ntasks: [{ id: a, type: core.debug.Return }]\n').diagnostics).toEqual(
      [],
    );
  });

  test('members with names of the language stay members', () => {
    const { flow } = compileFlow(
      'id: a\nnamespace: b\nvariables: { __proto__: { polluted: 1 }, constructor: 2, toString: 3 }\ntasks: [{ id: a, type: core.debug.Return }]\n',
    );
    expect(Object.keys(flow?.variables ?? {})).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(flow?.variables)).toBe(Object.prototype);
  });

  test('a task cannot be described through the prototype of objects', () => {
    const { diagnostics } = compileFlow(
      'id: a\nnamespace: b\ntasks: [{ id: a, type: core.debug.Return, constructor: 1, __proto__: 2, hasOwnProperty: 3 }]\n',
    );
    expect(diagnostics.map(({ path }) => path).sort()).toEqual([
      'tasks[0].__proto__',
      'tasks[0].constructor',
      'tasks[0].hasOwnProperty',
    ]);
    expect(compileFlow('id: a\nnamespace: b\ntasks: [{ id: a, type: constructor }]\n').diagnostics[0]?.code).toBe(
      'unknown-type',
    );
  });

  test.each(['../x', 'a/b', 'a b', '', '.a', `a${'b'.repeat(100)}`])('the flow id %j is refused', (id) => {
    const { diagnostics } = compileFlow(
      `id: ${JSON.stringify(id)}\nnamespace: b\ntasks: [{ id: a, type: core.debug.Return }]\n`,
    );
    expect(diagnostics).toMatchObject([{ path: 'id', code: 'invalid-value' }]);
  });
});
