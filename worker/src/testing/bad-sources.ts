/** Sources that are no flows, each with the code of a fault that is found in it. */
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

export const BAD_SOURCES: readonly [what: string, source: string, code: string][] = [
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
