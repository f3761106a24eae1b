import { describe, expect, test } from 'vitest';
import { BAD_SOURCES } from '../testing/bad-sources.ts';
import { compileFlow } from './compile.ts';

describe('bad YAML', () => {
  test.each(BAD_SOURCES)('%s', { timeout: 30_000 }, (_what, source, code) => {
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
