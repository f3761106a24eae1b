import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testTerminal } from '../testing/test-terminal.ts';
import { readTree } from './read-tree.ts';

const flow = (id: string, namespace = 'acme.data') =>
  `id: ${id}\nnamespace: ${namespace}\ntasks:\n  - id: say\n    type: core.log.Log\n    message: hello\n`;

function folder(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(tmpdir(), 'rondo-tree-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function read(files: Record<string, string | Uint8Array>, ...paths: string[]) {
  const cwd = folder(files);
  return readTree(paths.length === 0 ? ['.'] : paths, testTerminal({ cwd }));
}

const names = ({ items }: Awaited<ReturnType<typeof read>>) =>
  items.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).toSorted();

describe('a directory', () => {
  test('with a namespace.yaml is that namespace: its flows, files, keys and secrets', async () => {
    const tree = await read({
      'data/namespace.yaml': 'id: acme.data\nvariables:\n  region: eu\n',
      'data/flows/deep/hello.yaml': flow('hello'),
      'data/files/sql/a.sql': 'select 1',
      'data/files/config.yaml': 'not: a flow',
      'data/files/logo.png': Uint8Array.of(0x89, 0xff, 0),
      'data/kv.yaml': 'limit: 12345678901234567890\n',
      'data/secrets.yaml': 'token: { env: ACME_TOKEN }\n',
      '.git/config.yaml': 'left: out',
    });
    expect(names(tree)).toEqual([
      'file acme.data/config.yaml',
      'file acme.data/logo.png',
      'file acme.data/sql/a.sql',
      'flow acme.data/hello',
      'kv acme.data/limit',
      'namespace acme.data/acme.data',
      'secret acme.data/TOKEN',
    ]);
    expect(tree.whole).toEqual(new Set(['acme.data']));
    expect(tree.items.find(({ kind }) => kind === 'kv')?.content).toEqual({ text: '12345678901234567890\n' });
    expect(tree.items.find(({ name }) => name === 'logo.png')?.content).toEqual({ base64: 'if8A' });
  });

  test('may hold a child namespace, which is on its own', async () => {
    const tree = await read({
      'namespace.yaml': 'id: acme',
      'data/namespace.yaml': 'id: acme.data',
      'data/hello.yaml': flow('hello'),
      'top.yaml': flow('top', 'acme'),
    });
    expect(names(tree)).toContain('flow acme.data/hello');
    expect(tree.whole).toEqual(new Set(['acme', 'acme.data']));
  });

  test('without one holds flows only, each with a namespace of its own', async () => {
    const tree = await read({ 'a.yaml': flow('a'), 'files/b.yaml': flow('b', 'acme.other') });
    expect(names(tree)).toEqual(['flow acme.data/a', 'flow acme.other/b']);
    expect(tree.whole.size).toBe(0);
  });
});

describe('a fault is named with its place', () => {
  const home = { 'namespace.yaml': 'id: acme.data\n' };
  test.each([
    ['a namespace without a name', { 'namespace.yaml': 'variables: {}' }, 'namespace.yaml: id is missing'],
    ['a reserved name', { 'namespace.yaml': 'id: search' }, 'namespace.yaml: id "search" is a reserved word'],
    [
      'the marker of apply',
      { 'namespace.yaml': 'id: a\nmanagedBy: me' },
      'namespace.yaml: managedBy is written by apply',
    ],
    ['YAML that is none', { ...home, 'kv.yaml': 'a: [' }, /^kv\.yaml:1:\d+: /],
    ['a list of keys', { ...home, 'kv.yaml': '- a' }, 'kv.yaml: must be a map'],
    ['a bad key', { ...home, 'kv.yaml': 'a b: 1' }, 'kv.yaml: `a b` is no key'],
    ['a strange member', { ...home, 'secrets.yaml': 'T: { value: x }' }, /secrets\.yaml: T: .*value/],
    [
      'a strange variable',
      { ...home, 'secrets.yaml': 'T: { env: a-b }' },
      'secrets.yaml: T.env: must be the name of an',
    ],
    [
      'a flow of another namespace',
      { ...home, 'x.yaml': flow('x', 'other') },
      'the flow x is of other, and its folder is of acme.data',
    ],
    [
      'two files for one flow',
      { 'a.yaml': flow('x'), 'b.yaml': flow('x') },
      'flow acme.data/x is in a.yaml and in b.yaml',
    ],
    [
      'two folders for one namespace',
      { 'a/namespace.yaml': 'id: n', 'b/namespace.yaml': 'id: n' },
      'namespace n/n is in',
    ],
    ['keys without a namespace', { 'kv.yaml': 'a: 1', 'x.yaml': flow('x') }, 'kv.yaml has no namespace.yaml beside it'],
    ['nothing at all', {}, 'no flow below .'],
  ])('%s', async (_case, files: Record<string, string>, message) => {
    await expect(read(files)).rejects.toThrow(message);
  });

  test('and a secret that is in a file is not repeated', async () => {
    const error: unknown = await read({ ...home, 'secrets.yaml': 'TOKEN: hunter2' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'secrets.yaml: the secret TOKEN has a value in the file' });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});
