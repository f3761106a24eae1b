/** A directory and a server, kept equal by the command line. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, inject, test } from 'vitest';
import { Client } from '../cli/src/client/client.ts';
import { EXIT } from '../cli/src/exit-codes.ts';
import { shellOf } from './shell.ts';

const connection = inject('rondo');
const client = new Client(connection);
const rondo = shellOf(connection, { E2E_TOKEN: 's3cret' });

/** With what a careless deploy would change: a comment at the top, a marker, and no newline at the end. */
const flow = (namespace: string, id: string, message = 'hello') =>
  `---\n# ${id}\nid: ${id}\nnamespace: ${namespace}\ntasks:\n  - id: say\n    type: core.log.Log\n    message: ${message}`;

function folder(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(tmpdir(), 'rondo-tree-'));
  put(root, files);
  return root;
}

function put(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

function tree(namespace: string): string {
  return folder({
    'namespace.yaml': `id: ${namespace}\nvariables:\n  region: eu\n`,
    'flows/hello.yaml': flow(namespace, 'hello'),
    'flows/bye.yaml': flow(namespace, 'bye'),
    'files/sql/a.sql': 'select 1',
    'files/logo.png': Uint8Array.of(0x89, 0xff, 0),
    'files/empty.txt': '',
    'kv.yaml': 'limit: 12345678901234567890\nwindow: PT60S\n',
    'secrets.yaml': 'E2E_TOKEN: { env: E2E_TOKEN, description: for the test }\n',
  });
}

async function editOnServer(namespace: string, id: string, source: string): Promise<void> {
  await client.call('PUT', `flows/${namespace}/${id}`, { body: source, contentType: 'application/x-yaml' });
}

describe('a directory that is a namespace', () => {
  test('is created whole, is then unchanged byte for byte, and an export of it is unchanged, too', async () => {
    const root = tree('e2e.tree');
    expect(await rondo(['plan', root])).toMatchObject({
      exitCode: EXIT.changes,
      out: expect.stringContaining('Plan: 9 to create, 0 to update, 0 to delete.'),
    });
    expect(await rondo(['apply', root])).toMatchObject({
      exitCode: EXIT.ok,
      out: 'Applied: 9 created, 0 updated, 0 deleted.',
    });
    expect(await rondo(['plan', root])).toMatchObject({ exitCode: EXIT.ok });
    expect(await rondo(['apply', root])).toMatchObject({ exitCode: EXIT.ok, notes: '' });
    expect(await rondo(['drift', root])).toMatchObject({ exitCode: EXIT.ok });

    const copy = join(folder({}), 'copy');
    expect(await rondo(['export', 'e2e.tree', '--to', copy])).toMatchObject({ exitCode: EXIT.ok });
    expect(readFileSync(join(copy, 'e2e.tree/flows/hello.yaml'), 'utf8')).toBe(flow('e2e.tree', 'hello'));
    expect(readFileSync(join(copy, 'e2e.tree/secrets.yaml'), 'utf8')).not.toContain('s3cret');
    expect(await rondo(['plan', copy])).toMatchObject({ exitCode: EXIT.ok });
  });

  test('deletes what lost its file only with --prune, and never what others made', async () => {
    const root = tree('e2e.prune');
    await rondo(['apply', root]);
    await rondo(['apply', '-'], flow('e2e.other', 'x'));
    await client.call('PUT', 'namespaces/e2e.prune/kv/cursor', { body: '7' });
    await client.call('POST', 'flows', { body: flow('e2e.prune', 'adhoc'), contentType: 'application/x-yaml' });
    rmSync(join(root, 'flows/bye.yaml'));
    rmSync(join(root, 'files/logo.png'));
    expect(await rondo(['plan', root])).toMatchObject({
      exitCode: EXIT.ok,
      out: expect.stringContaining('flow e2e.prune/bye'),
    });
    expect(await rondo(['apply', root, '--prune'])).toMatchObject({
      out: 'Applied: 0 created, 0 updated, 2 deleted.',
    });
    const drift = await rondo(['drift', root]);
    expect(drift.out).toContain('Drift: 0 changed, 0 gone, 1 in no file; 0 not applied yet.');
    expect(await client.call('GET', 'namespaces/e2e.prune/kv/cursor')).toMatchObject({ value: 7 });
  });

  test('is all or nothing: when one thing is refused, what was done before it is undone', async () => {
    const root = tree('e2e.atomic');
    await rondo(['apply', root]);
    put(root, {
      'namespace.yaml': 'id: e2e.atomic\nvariables:\n  region: us\n',
      'kv.yaml': 'limit: 1\n',
      'files/sql/a.sql': 'select 2',
      'files/_hidden': 'a name that the server keeps for itself',
      'flows/hello.yaml': flow('e2e.atomic', 'hello', 'changed'),
    });
    const failed = await rondo(['apply', root]);
    expect(failed.exitCode).not.toBe(EXIT.ok);
    expect(failed.notes).toContain('e2e.atomic is as it was: what had been done was undone');
    rmSync(join(root, 'files/_hidden'));
    const plan = await rondo(['plan', root]);
    expect(plan.out).toContain('Plan: 0 to create, 4 to update, 0 to delete.');
    expect(plan.out).not.toContain('changed on the server');
  });

  test('refuses a faulty flow before anything is done, and names its file', async () => {
    const root = tree('e2e.faulty');
    await rondo(['apply', root]);
    put(root, {
      'kv.yaml': 'limit: 1\n',
      'flows/hello.yaml': flow('e2e.faulty', 'hello').replace('core.log.Log', 'core.log.Logg'),
    });
    const refused = await rondo(['apply', root]);
    expect(refused).toMatchObject({ exitCode: EXIT.validation, out: '' });
    expect(refused.notes).toMatch(/flows\/hello\.yaml[\s\S]*core\.log\.Logg[\s\S]*nothing was changed/);
  });

  test('needs the variables of new secrets, and says so before anything is done', async () => {
    const root = tree('e2e.secretless');
    const refused = await shellOf(connection)(['apply', root]);
    expect(refused).toMatchObject({ exitCode: EXIT.validation });
    expect(refused.notes).toContain('$E2E_TOKEN for secret e2e.secretless/E2E_TOKEN');
  });
});

describe('a saved plan', () => {
  test('is carried out exactly, is no work the second time, and is refused when the server has moved', async () => {
    const root = tree('e2e.saved');
    const file = join(root, '../saved.plan');
    await rondo(['plan', root, '-out', file]);
    expect(readFileSync(file, 'utf8')).not.toContain('s3cret');
    put(root, { 'flows/hello.yaml': flow('e2e.saved', 'hello', 'newer than the plan') });
    expect(await rondo(['apply', file])).toMatchObject({ out: 'Applied: 9 created, 0 updated, 0 deleted.' });
    expect(await client.call('GET', 'flows/e2e.saved/hello?source=true')).toMatchObject({
      source: flow('e2e.saved', 'hello'),
    });
    expect(await rondo(['apply', file])).toMatchObject({
      exitCode: EXIT.ok,
      out: expect.stringContaining('Nothing to do'),
    });

    await rondo(['plan', root, '-out', file]);
    await editOnServer('e2e.saved', 'hello', flow('e2e.saved', 'hello', 'by hand'));
    const refused = await rondo(['apply', file]);
    expect(refused).toMatchObject({ exitCode: EXIT.error, out: '' });
    expect(refused.notes).toContain('the server has moved since the plan was made:\n  flow e2e.saved/hello');
  });

  test('is for the server and the tenant that it was made against', async () => {
    const file = join(folder({}), 'other.plan');
    await rondo(['plan', tree('e2e.elsewhere'), '-out', file]);
    const elsewhere = await rondo(['apply', file, '--tenant', 'elsewhere']);
    expect(elsewhere.notes).toContain('not for `elsewhere`');
  });
});

test('a change on the server is shown as drift, and overwritten only by force', async () => {
  const root = tree('e2e.drift');
  await rondo(['apply', root]);
  await editOnServer('e2e.drift', 'hello', flow('e2e.drift', 'hello', 'by hand'));
  await client.call('DELETE', 'namespaces/e2e.drift/kv/limit');
  const drift = await rondo(['drift', root]);
  expect(drift).toMatchObject({ exitCode: EXIT.changes });
  expect(drift.out).toContain('+    message: by hand');
  expect(drift.out).toContain('Drift: 1 changed, 1 gone, 0 in no file; 0 not applied yet.');
  expect(await rondo(['apply', root])).toMatchObject({ exitCode: EXIT.error, out: '' });
  expect(await rondo(['apply', root, '--force'])).toMatchObject({ out: 'Applied: 1 created, 1 updated, 0 deleted.' });
  expect(await rondo(['diff', root])).toMatchObject({ exitCode: EXIT.ok, out: '' });
});

test('an export of Kestra is reported on, and becomes a directory that can be applied', async () => {
  const source = (id: string, type: string) =>
    `id: ${id}\nnamespace: e2e.import\ntasks:\n  - { id: t, type: ${type}, message: hi }\n`;
  const root = folder({});
  put(root, {
    'flows.zip': zipSync({
      'e2e.import-good.yml': strToU8(source('good', 'io.kestra.plugin.core.log.Log')),
      'e2e.import-bad.yml': strToU8(source('bad', 'io.kestra.plugin.nowhere.Thing')),
    }),
  });
  const report = await rondo(['import', join(root, 'flows.zip'), '--to', join(root, 'tree')]);
  expect(report).toMatchObject({ exitCode: EXIT.validation });
  expect(report.out).toContain('1 flow maps as written');
  expect(report.out).toContain('1  io.kestra.plugin.nowhere.Thing');
  rmSync(join(root, 'tree/e2e.import/flows/bad.yaml'));
  expect(await rondo(['apply', join(root, 'tree')])).toMatchObject({ exitCode: EXIT.ok });
});
