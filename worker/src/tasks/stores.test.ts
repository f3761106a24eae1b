import { expect, test } from 'vitest';
import { memoryWorld } from '../testing/edge-context.ts';
import { deleteValue } from './kv/delete.ts';
import { getKeys } from './kv/get-keys.ts';
import { getValue } from './kv/get.ts';
import { purgeKv } from './kv/purge-kv.ts';
import { setValue } from './kv/set.ts';
import { deleteFiles } from './namespace/delete-files.ts';
import { downloadFiles } from './namespace/download-files.ts';
import { uploadFiles } from './namespace/upload-files.ts';
import { deleteState } from './state/delete.ts';
import { getState } from './state/get.ts';
import { setState } from './state/set.ts';

test('a value is stored with its type, and read back', async () => {
  const { context, values } = memoryWorld();
  await setValue.run(setValue.input.parse({ key: 'n', value: '42', kvType: 'NUMBER', ttl: 'PT1M' }), context);
  expect(values.get('company.team/n')).toMatchObject({ value: 42, type: 'NUMBER', expiresAt: context.now() + 60_000 });
  expect(await getValue.run(getValue.input.parse({ key: 'n' }), context)).toEqual({ value: 42 });
  await expect(
    setValue.run(setValue.input.parse({ key: 'n', value: 'x', kvType: 'BOOLEAN' }), context),
  ).rejects.toThrow('Cannot store `x` as BOOLEAN');
});

test('a key that exists, or does not, is an error when asked for', async () => {
  const { context } = memoryWorld();
  const set = () => setValue.run(setValue.input.parse({ key: 'k', value: 'v', overwrite: false }), context);
  await set();
  await expect(set()).rejects.toThrow(
    "Cannot set value for key 'k'. Key already exists and `overwrite` is set to `false`.",
  );
  expect(await getKeys.run({ prefix: 'k' }, context)).toEqual({ keys: ['k'] });
  const remove = (errorOnMissing: boolean) => deleteValue.run({ key: 'k', errorOnMissing }, context);
  expect([await remove(false), await remove(false)]).toEqual([{ deleted: true }, { deleted: false }]);
  await expect(remove(true)).rejects.toThrow("No value found for key 'k' in namespace 'company.team'");
  expect(await getValue.run({ key: 'k', errorOnMissing: false }, context)).toEqual({ value: null });
});

test('a purge takes expired values only, unless told otherwise', async () => {
  const { context, values } = memoryWorld();
  values.set('company.team/old', { key: 'old', value: 1, type: 'NUMBER', expiresAt: context.now() });
  values.set('company.team/new', { key: 'new', value: 1, type: 'NUMBER' });
  expect(await purgeKv.run(purgeKv.input.parse({}), context)).toEqual({ size: 1 });
  expect([...values.keys()]).toEqual(['company.team/new']);
  expect(await purgeKv.run(purgeKv.input.parse({ expiredOnly: false, keyPattern: 'n*' }), context)).toEqual({
    size: 1,
  });
});

test('a state is merged, and is another one for each iteration value and for the namespace', async () => {
  const { context } = memoryWorld();
  const inLoop = { ...context, identity: { ...context.identity, iteration: ['a/b'] } };
  const set = (data: object, where = context) => setState.run(setState.input.parse({ data }), where);
  const get = (more: object = {}, where = context) => getState.run(getState.input.parse(more), where);
  expect(await set({ a: 1 })).toMatchObject({ count: 1, key: 'flow_states_tasks-states_default' });
  expect(await set({ b: 2 })).toMatchObject({ count: 2 });
  expect(await get()).toEqual({ count: 2, data: { a: 1, b: 2 } });
  expect(await get({}, inLoop)).toEqual({ count: 0, data: {} });
  expect(await set({ c: 3 }, inLoop)).toMatchObject({
    key: expect.stringMatching(/^flow_states_tasks-states_default_[0-9a-f]{16}$/),
  });
  expect(await get({ namespace: true })).toEqual({ count: 0, data: {} });
  expect(await deleteState.run(deleteState.input.parse({}), context)).toEqual({ deleted: true });
  await expect(get({ errorOnMissing: true })).rejects.toThrow('Unable to find the state `default`');
});

test('files go into a namespace and come back by globs', async () => {
  const { context, files, stored } = memoryWorld();
  const { uri } = await context.storage.put('x', 'content');
  const upload = (conflict: string) =>
    uploadFiles.run(
      uploadFiles.input.parse({ namespace: 'n', filesMap: { '/a/main.py': uri }, destination: '/folder/', conflict }),
      context,
    );
  expect(await upload('ERROR')).toMatchObject({ files: { '/folder/a/main.py': expect.any(String) } });
  await expect(upload('ERROR')).rejects.toThrow('/folder/a/main.py exists already');
  expect(await upload('SKIP')).toEqual({ files: {} });
  const answer = (await downloadFiles.run(
    downloadFiles.input.parse({ namespace: 'n', files: 'main.py' }),
    context,
  )) as { files: Record<string, string> };
  expect(Object.entries(answer.files).map(([path, file]) => [path, stored.get(file)])).toEqual([
    ['/folder/a/main.py', 'content'],
  ]);
  await deleteFiles.run(deleteFiles.input.parse({ namespace: 'n', files: ['**'] }), context);
  expect(files.size).toBe(0);
});
