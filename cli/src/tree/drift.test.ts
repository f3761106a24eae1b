import { describe, expect, test } from 'vitest';
import { findDrift } from './drift.ts';
import { digestOf, type Kind } from './item.ts';

const NAMESPACE = 'acme.data';
const wanted = (name: string, text: string, kind: Kind = 'flow') => ({
  kind,
  namespace: NAMESPACE,
  name,
  place: `${name}.yaml`,
  content: { text },
});
const present = (name: string, text: string, kind: Kind = 'flow') => ({
  kind,
  namespace: NAMESPACE,
  name,
  content: { text },
  base: 'revision 1',
});

function drifts(
  files: ReturnType<typeof wanted>[],
  server: ReturnType<typeof present>[],
  applied: Record<string, string>,
  isWhole = true,
): string[] {
  const managed = Object.fromEntries(Object.entries(applied).map(([key, text]) => [key, digestOf({ text })]));
  const whole = new Set(isWhole ? [NAMESPACE] : []);
  return findDrift({ items: files, whole }, [{ namespace: NAMESPACE, items: server, managed }]).map(
    ({ kind, name, drift }) => `${kind} ${name} ${drift}`,
  );
}

describe('drift', () => {
  test('is none when the server holds what the files say', () => {
    expect(drifts([wanted('a', 'x')], [present('a', 'x')], { 'flow/a': 'x' })).toEqual([]);
  });

  test('tells a change on the server from a file that is newer', () => {
    expect(drifts([wanted('a', 'x')], [present('a', 'mine')], { 'flow/a': 'x' })).toEqual(['flow a changed']);
    expect(drifts([wanted('a', 'newer')], [present('a', 'x')], { 'flow/a': 'x' })).toEqual(['flow a waiting']);
    expect(drifts([wanted('a', 'newer')], [present('a', 'mine')], { 'flow/a': 'x' })).toEqual(['flow a changed']);
  });

  test('tells what was deleted on the server from what never was there', () => {
    expect(drifts([wanted('a', 'x')], [], { 'flow/a': 'x' })).toEqual(['flow a gone']);
    expect(drifts([wanted('a', 'x')], [], {})).toEqual(['flow a waiting']);
  });

  test('names flows and files that are in no file, and no keys or secrets', () => {
    const server = [
      present('b', ''),
      present('c.sql', '', 'file'),
      present('cursor', '7', 'kv'),
      present('T', '', 'secret'),
    ];
    expect(drifts([], server, {})).toEqual(['file c.sql unmanaged', 'flow b unmanaged']);
    expect(drifts([], server, {}, false)).toEqual(['flow b unmanaged']);
  });
});
