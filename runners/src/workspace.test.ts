import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { safePath, Workspace } from './workspace.ts';

let base: string;
let workspace: Workspace;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'rondo-workspace-'));
  workspace = await Workspace.create(join(base, 'job'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const namesOf = (files: { name: string }[]) => files.map(({ name }) => name);

test.each(['../x', 'a/../../x', '/etc/passwd', '..', 'a/..', '', '.', 'a\0b', 'C:/x', '..\\x'])(
  'the path %j leads out of the working directory and is refused',
  (path) => {
    expect(() => safePath(path)).toThrow(/leads out of the working directory/);
  },
);

test.each([
  ['a.txt', 'a.txt'],
  ['./a//b.txt', 'a/b.txt'],
  ['..a/b..', '..a/b..'],
])('the path %j stays inside, as %j', (path, expected) => {
  expect(safePath(path)).toBe(expected);
});

describe('files that are given back', () => {
  test('are those that fit a glob, in the order of their names', async () => {
    for (const name of ['b.txt', 'a/c.txt', 'a/d.bin']) await writeFile(await workspace.placeFor(name), name);
    expect(namesOf(await workspace.find(['**/*.txt']))).toEqual(['a/c.txt', 'b.txt']);
    expect(namesOf(await workspace.find([]))).toEqual([]);
  });

  test('hold no script of ours', async () => {
    await workspace.writeScript('echo', '.sh');
    expect(namesOf(await workspace.find(['**']))).toEqual([]);
  });

  test('hold no link that leads out, to a directory or to nothing', async () => {
    const secret = join(base, 'secret.txt');
    await writeFile(secret, 'secret');
    await writeFile(await workspace.placeFor('own.txt'), 'own');
    await mkdir(join(workspace.workingDir, 'directory'));
    const links = { out: secret, inside: 'own.txt', directory_link: 'directory', dangling: 'nowhere', root: '/' };
    for (const [name, target] of Object.entries(links)) await symlink(target, join(workspace.workingDir, name));
    expect(namesOf(await workspace.find(['**']))).toEqual(['inside', 'own.txt']);
  });

  test('may stand in the output directory', async () => {
    await mkdir(join(workspace.outputDir, 'x'));
    await writeFile(join(workspace.outputDir, 'x/y.txt'), '');
    expect(namesOf(await workspace.outputDirFiles())).toEqual(['x/y.txt']);
  });
});

test('a workspace is gone after its removal, also when a job took the rights to it away', async () => {
  const directory = join(workspace.workingDir, 'locked');
  await mkdir(directory);
  await writeFile(join(directory, 'file'), '');
  await chmod(directory, 0o000);
  await workspace.remove();
  expect(existsSync(join(base, 'job'))).toBe(false);
});
