import { describe, expect, test } from 'vitest';
import { memoryWorld } from '../../testing/edge-context.ts';
import { globMatcher } from '../glob.ts';
import { byteSize } from './byte-size.ts';
import { concat } from './concat.ts';
import { deduplicateItems } from './deduplicate-items.ts';
import { filterItems } from './filter-items.ts';
import { localFiles } from './local-files.ts';
import { reverse } from './reverse.ts';
import { split } from './split.ts';

async function worldWith(content: string) {
  const world = memoryWorld();
  const { uri } = await world.context.storage.put('items.ion', content);
  return { ...world, uri };
}

describe('splitting a file', () => {
  const lines = Array.from({ length: 10 }, (_, index) => `line ${index}\n`).join('');
  test.each<[object, string[]]>([
    [{ rows: 4 }, ['line 0\nline 1\nline 2\nline 3\n', 'line 4\nline 5\nline 6\nline 7\n', 'line 8\nline 9\n']],
    [{ partitions: '3' }, ['line 0\nline 1\nline 2\nline 3\n', 'line 4\nline 5\nline 6\n', 'line 7\nline 8\nline 9\n']],
    [{ bytes: '30B' }, ['line 0\nline 1\nline 2\nline 3\nline 4\n', 'line 5\nline 6\nline 7\nline 8\nline 9\n']],
    [{ rows: 1, separator: 'line 5\n' }, [lines.slice(0, 42), lines.slice(42)]],
  ])('by %j', async (how, parts) => {
    const { context, stored, uri } = await worldWith(lines);
    const { uris } = (await split.run(split.input.parse({ from: uri, ...how }), context)) as { uris: string[] };
    expect(uris.map((part) => stored.get(part))).toEqual(parts);
  });

  test('and joining its parts gives it back', async () => {
    const { context, stored, uri } = await worldWith(`${lines}no end`);
    const { uris } = (await split.run(split.input.parse({ from: uri, rows: 3 }), context)) as { uris: string[] };
    const joined = (await concat.run(
      concat.input.parse({ files: JSON.stringify(uris), extension: '.txt' }),
      context,
    )) as { uri: string };
    expect(joined.uri).toMatch(/\.txt$/);
    expect(stored.get(joined.uri)).toBe(`${lines}no end`);
  });
});

test('reversing keeps each line whole', async () => {
  const { context, stored, uri } = await worldWith('1\n2\nthree');
  const answer = (await reverse.run(reverse.input.parse({ from: uri }), context)) as { uri: string };
  expect(stored.get(answer.uri)).toBe('three\n2\n1\n');
});

describe('rows of a data file', () => {
  test('are kept by a condition on their members, written as ION or as JSON', async () => {
    const { context, stored, uri } = await worldWith(
      '{key:"k1",value:1}\n{"key":"k2","value":2}\n\n{key:"k3",value:"x"}\n',
    );
    const run = (more: object) =>
      filterItems.run(
        filterItems.input.parse({ from: uri, filterCondition: ' {{ value % 2 == 0 }} ', ...more }),
        context,
      );
    await expect(run({})).rejects.toThrow();
    const kept = (await run({ errorOrNullBehavior: 'INCLUDE' })) as { uri: string };
    expect(kept).toMatchObject({ processedItemsTotal: 3, droppedItemsTotal: 1 });
    expect(stored.get(kept.uri)).toBe('{"key":"k2","value":2}\n{key:"k3",value:"x"}\n');
    expect(await run({ filterType: 'EXCLUDE', errorOrNullBehavior: 'EXCLUDE' })).toMatchObject({
      droppedItemsTotal: 2,
    });
  });

  test('are kept once for each key, the last one', async () => {
    const { context, stored, uri } = await worldWith('{"k":1,"v":"a"}\n{"k":2,"v":"b"}\n{"k":1,"v":"c"}\n');
    const answer = (await deduplicateItems.run(
      deduplicateItems.input.parse({ from: uri, expr: '{{ k }}' }),
      context,
    )) as { uri: string };
    expect(answer).toMatchObject({ processedItemsTotal: 3, droppedItemsTotal: 1, numKeys: 2 });
    expect(stored.get(answer.uri)).toBe('{"k":2,"v":"b"}\n{"k":1,"v":"c"}\n');
  });
});

test('local files are kept when a glob names them', async () => {
  const { context, stored, uri } = await worldWith('stored');
  const { uris } = (await localFiles.run(
    localFiles.input.parse({ inputs: { 'a/b.txt': 'x', 'c.txt': uri, 'd.csv': 'y' }, outputs: ['*.txt'] }),
    context,
  )) as { uris: Record<string, string> };
  expect(Object.entries(uris).map(([path, kept]) => [path, stored.get(kept)])).toEqual([
    ['a/b.txt', 'x'],
    ['c.txt', 'stored'],
  ]);
});

test.each([
  ['**', '/a/b.txt', true],
  ['*.txt', '/a/b.txt', true],
  ['/*.txt', '/a/b.txt', false],
  ['**test1*', '/a/b/test1.txt', true],
  ['**test1*', '/a/b/test2.txt', false],
  ['glob:**application**', 'application-test.yml', true],
  ['out/**', 'out/a/b', true],
  ['out/**', 'other', false],
  ['{a,b}?.txt', 'b1.txt', true],
  ['a.b', 'axb', false],
])('the glob %s and the path %s: %s', async (glob, path, isMatch) => {
  expect((await globMatcher([glob]))(path)).toBe(isMatch);
});

test('sizes are powers of 1024', () => {
  expect(['500', '1KB', '10 MB', '1.5K', '1GiB'].map(byteSize)).toEqual([500, 1024, 10 * 1024 ** 2, 1536, 1024 ** 3]);
  expect(() => byteSize('ten')).toThrow('Invalid size');
});
