import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { filterDocs } from './filters/registry.ts';
import { functionDocs } from './functions/registry.ts';
import { errorOf, textOf } from './testing.ts';
import type { Json } from '../protocol/json.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/expressions.md'), 'utf8');

const Variables = z.record(z.string(), z.custom<Json>());
const Example = z.union([
  z.strictObject({ template: z.string(), variables: Variables.default({}), gives: z.string() }),
  z.strictObject({ template: z.string(), variables: Variables.default({}), fails: z.string() }),
]);

const examples = [...page.matchAll(/```expression\n([^]*?)```/g)].map(([, yaml = '']) =>
  Example.parse(parse(yaml, { intAsBigInt: true })),
);

describe('the examples of the page on expressions', () => {
  test('are there', () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  test.each(examples.map((example) => [example.template, example] as const))('%s', (template, example) => {
    if ('gives' in example) expect(textOf(template, example.variables)).toBe(example.gives);
    else expect(errorOf(template, example.variables).message).toContain(example.fails);
  });

  test('name every filter and function', () => {
    const words = new Set(page.match(/\w+/g));
    const former = ['json', 'fetchContext', 'renderOnce', 'credential', 'appLink'];
    const missing = [...filterDocs, ...functionDocs]
      .map(({ name }) => name)
      .filter((name) => !words.has(name) && !former.includes(name));
    expect(missing).toEqual([]);
  });
});

describe('the catalogue', () => {
  test('describes every entry in one sentence, in the order of the alphabet', () => {
    for (const docs of [filterDocs, functionDocs]) {
      const names = docs.map(({ name }) => name);
      expect(names).toEqual(names.toSorted());
      for (const { description } of docs) expect(description).toMatch(/^[A-Z][^\n]+\.$/);
    }
    expect(filterDocs.find(({ name }) => name === 'replace')?.arguments).toEqual(['replace_pairs', 'regexp']);
  });
});
