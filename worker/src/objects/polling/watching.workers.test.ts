/** Triggers that watch what a tenant keeps: keys, files of a namespace, files that arrive. */
import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import * as keyValues from '../../db/key-values.ts';
import { configOf } from '../../env.ts';
import type { Flow } from '../../flow/flow.ts';
import { WATCHED_MAX } from '../../limits.ts';
import { NamespaceTree } from '../../namespace-files.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { assert } from '../../result.ts';
import { ExecutionFiles } from '../../storage.ts';
import type { Tenant } from '../../tenant.ts';
import { storedFlow } from '../../testing/stored-flow.ts';
import { TestApp } from '../../testing/test-app.ts';
import { flowWorld } from '../trigger-world.ts';
import { poll } from './poll.ts';
import type { Sight } from './poll.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const NAMESPACE = 'company.team';

let tenant: Tenant;
let tree: NamespaceTree;

beforeEach(async () => {
  tenant = await new TestApp().tenant(`t-${crypto.randomUUID()}`);
  tree = new NamespaceTree(tenant.files);
});

/** A trigger that is looked through again and again, with what it remembers. */
class Watcher {
  readonly #flow: Flow;
  #memory: JsonObject | undefined;
  #looks = 0;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** `crash`: the look is written down, but nothing is done after it. */
  async look({ crash = false } = {}): Promise<Sight> {
    const [trigger] = this.#flow.triggers;
    assert(trigger, 'the flow has a trigger');
    const executionId = await tenant.executionIdFor(`look ${this.#looks++}`);
    const seen = await poll({
      ...{
        trigger,
        flow: this.#flow,
        tenant,
        executionId,
        now: NOW,
        edge: { run: () => Promise.reject(new Error('unused')) },
      },
      world: flowWorld(tenant, configOf(env), this.#flow, () => NOW),
      ...(this.#memory && { memory: this.#memory }),
    });
    assert(seen.ok, seen.ok ? '' : seen.error);
    this.#memory = seen.value.memory ?? this.#memory;
    if (!crash) await seen.value.settle?.();
    return seen.value;
  }

  async changes(): Promise<unknown> {
    return (await this.look()).variables?.changes;
  }

  /** Texts of the files that the execution of the look has. */
  async taken(options?: { crash: boolean }): Promise<string[] | undefined> {
    const { variables } = await this.look(options);
    if (variables === undefined) return undefined;
    const executionId = await tenant.executionIdFor(`look ${this.#looks - 1}`);
    const own = new ExecutionFiles(tenant.files, { namespace: NAMESPACE, flowId: 'watcher', executionId });
    const uris = (variables.files as { uri: string }[]).map(({ uri }) => uri);
    return Promise.all(uris.map(async (uri) => new Response((await own.get(uri)).body).text()));
  }
}

async function watcher(trigger: string): Promise<Watcher> {
  const source = `
id: watcher
namespace: ${NAMESPACE}
variables: { store: price }
tasks: [{ id: say, type: io.kestra.plugin.core.log.Log, message: hi }]
triggers: [{ id: look, ${trigger} }]`;
  return new Watcher(await storedFlow(tenant, source));
}

async function put(key: string, value: string, more: { expiresAt?: number; at?: number } = {}): Promise<void> {
  await keyValues.put(tenant, { namespace: NAMESPACE, key, type: 'STRING', value, at: NOW, overwrite: true, ...more });
}

describe('kv.Trigger', () => {
  test('tells of every change since the last look, and of none at the first', async () => {
    await put('price', '1');
    await put('gone', '1');
    const watching = await watcher('type: io.kestra.plugin.core.kv.Trigger');
    expect(await watching.changes()).toBeUndefined();
    expect(await watching.changes()).toBeUndefined();
    await put('price', '2');
    await put('new', '1');
    await keyValues.remove(tenant, NAMESPACE, ['gone']);
    expect(await watching.changes()).toEqual([
      { key: 'gone', change: 'DELETED' },
      { key: 'new', change: 'CREATED' },
      { key: 'price', change: 'UPDATED' },
    ]);
    expect(await watching.changes()).toBeUndefined();
  });

  test('sees a key that was removed and written anew, and takes an expired one for gone', async () => {
    await put('price', '1');
    await put('short', '1');
    const watching = await watcher('type: io.kestra.plugin.core.kv.Trigger');
    await watching.look();
    await keyValues.remove(tenant, NAMESPACE, ['price']);
    await put('price', '1', { at: NOW + 1 });
    await put('short', '1', { expiresAt: NOW - 1 });
    expect(await watching.changes()).toEqual([
      { key: 'price', change: 'UPDATED' },
      { key: 'short', change: 'DELETED' },
    ]);
  });

  test.each([
    ['key: "{{ vars.store }}"', ['price']],
    ['prefix: pr', ['price', 'proof']],
    ['prefix: "%"', []],
    ['on: [DELETED]', []],
  ])('with %s looks at those alone', async (properties, wanted) => {
    const watching = await watcher(`type: io.kestra.plugin.core.kv.Trigger, ${properties}`);
    await watching.look();
    for (const key of ['price', 'proof', 'other']) await put(key, '1');
    const changes = ((await watching.changes()) ?? []) as { key: string }[];
    expect(changes.map(({ key }) => key)).toEqual(wanted);
  });

  test('refuses to watch more than it can remember', async () => {
    const rows = Array.from(
      { length: WATCHED_MAX + 1 },
      (_, n) => `(${tenant.key}, '${NAMESPACE}', 'k${n}', 'STRING', '1', 1, 0, 0)`,
    );
    await env.DATA_0.exec(
      `INSERT INTO key_value (tenant, namespace, key, type, value, revision, created_at, updated_at) VALUES ${rows.join(', ')}`,
    );
    const watching = await watcher('type: io.kestra.plugin.core.kv.Trigger');
    await expect(watching.look()).rejects.toThrow(/more than 1000/);
  });
});

describe('namespace.Trigger', () => {
  test('tells of files that were written, changed and removed, by their globs', async () => {
    await tree.put(NAMESPACE, 'sql/a.sql', 'one');
    await tree.put(NAMESPACE, 'sql/b.sql', 'one');
    const watching = await watcher('type: io.kestra.plugin.core.namespace.Trigger, files: ["sql/*.sql"]');
    expect(await watching.changes()).toBeUndefined();
    await tree.put(NAMESPACE, 'sql/a.sql', 'two');
    await tree.delete(NAMESPACE, 'sql/b.sql');
    await tree.put(NAMESPACE, 'sql/c.sql', 'one');
    await tree.put(NAMESPACE, 'notes.txt', 'none of its business');
    expect(await watching.changes()).toMatchObject([
      { path: '/sql/a.sql', change: 'UPDATED', uri: expect.stringContaining('_files/sql/a.sql') },
      { path: '/sql/b.sql', change: 'DELETED' },
      { path: '/sql/c.sql', change: 'CREATED' },
    ]);
  });

  test('does not mind a file that is written again as it was', async () => {
    await tree.put(NAMESPACE, 'a.sql', 'one');
    const watching = await watcher('type: io.kestra.plugin.core.namespace.Trigger');
    await watching.look();
    await tree.put(NAMESPACE, 'a.sql', 'one');
    expect(await watching.changes()).toBeUndefined();
  });
});

const INBOX = 'type: io.kestra.plugin.core.storage.Trigger, from: /inbox';

describe('storage.Trigger', () => {
  beforeEach(async () => {
    await tree.put(NAMESPACE, 'inbox/a.csv', 'one');
    await tree.put(NAMESPACE, 'inbox/deep/b.csv', 'two');
    await tree.put(NAMESPACE, 'inbox/c.txt', 'three');
  });

  test('gives an execution copies of what is there, and deletes it afterwards', async () => {
    const watching = await watcher(`${INBOX}, files: "*.csv", action: DELETE`);
    expect(await watching.taken()).toEqual(['one', 'two']);
    expect(await tree.list(NAMESPACE)).toEqual(['/inbox/c.txt']);
    expect(await watching.taken()).toBeUndefined();
  });

  test('moves what it took, and replaces what is there', async () => {
    await tree.put(NAMESPACE, 'archive/a.csv', 'older');
    const watching = await watcher(`${INBOX}, files: "a.*", action: MOVE, moveTo: /archive`);
    expect(await watching.taken()).toEqual(['one']);
    expect(await new Response((await tree.get(NAMESPACE, 'archive/a.csv'))?.body).text()).toBe('one');
    expect(await tree.size(NAMESPACE, 'inbox/a.csv')).toBeUndefined();
  });

  test('takes no file twice when it crashes before it has deleted it', async () => {
    const watching = await watcher(`${INBOX}, action: DELETE`);
    expect(await watching.taken({ crash: true })).toHaveLength(3);
    expect(await tree.list(NAMESPACE)).toHaveLength(3);
    expect(await watching.taken()).toBeUndefined();
    expect(await tree.list(NAMESPACE)).toEqual([]);
  });

  test('does not delete a file that was written anew in between: it is the next one', async () => {
    const watching = await watcher(`${INBOX}, files: a.csv, action: DELETE`);
    await watching.taken({ crash: true });
    await tree.put(NAMESPACE, 'inbox/a.csv', 'newer');
    expect(await watching.taken()).toEqual(['newer']);
  });

  test('leaves files where they are when it is told to, and takes them again only when they change', async () => {
    const watching = await watcher(`${INBOX}, files: a.csv, action: NONE`);
    expect(await watching.taken()).toEqual(['one']);
    expect(await watching.taken()).toBeUndefined();
    await tree.put(NAMESPACE, 'inbox/a.csv', 'newer');
    expect(await watching.taken()).toEqual(['newer']);
  });

  test('takes no more at once than it may', async () => {
    const watching = await watcher(`${INBOX}, action: DELETE, maxFiles: 2`);
    expect([await watching.taken(), await watching.taken(), await watching.taken()].map((all) => all?.length)).toEqual([
      2,
      1,
      undefined,
    ]);
  });

  test.each([
    ['action: MOVE', '`moveTo` is required'],
    ['action: MOVE, moveTo: /inbox/done', 'must not be inside'],
    ['action: DELETE, moveTo: /archive', 'only for the action MOVE'],
  ])('with %s is refused', async (properties, message) => {
    await expect(watcher(`${INBOX}, ${properties}`)).rejects.toThrow(message);
  });
});
