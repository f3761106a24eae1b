/** Every blueprint compiles without a word of complaint and says what it is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileFlow } from '../worker/src/flow/compile.ts';
import { computeAnswer } from './bird-strikes/answer.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());

function flowsIn(folder: string): string[] {
  const files = readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.yaml')).map((file) => join(import.meta.dirname, folder, file));
}

describe.each(folders.map(({ name }) => name))('%s', (folder) => {
  test.each(flowsIn(folder).map((file) => relative(import.meta.dirname, file)))(
    '%s compiles without a diagnostic',
    (file) => {
      expect(compileFlow(readFileSync(join(import.meta.dirname, file), 'utf8')).diagnostics).toEqual([]);
    },
  );

  test('has a text that begins with its title', () => {
    const text = join(import.meta.dirname, folder, 'README.md');
    expect(existsSync(text) && readFileSync(text, 'utf8')).toMatch(/^# \S/);
  });
});

test('the answer about bird strikes holds every report once', () => {
  const { strikes, worst } = computeAnswer(3);
  expect(strikes).toBe(9976);
  expect(worst[0]).toEqual({
    airport: 'AUSTIN-BERGSTROM INTL',
    iata: 'AUS',
    season: 'winter',
    strikes: 7,
    cost: 7_043_545,
  });
});
