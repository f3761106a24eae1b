import { describe, expect, test } from 'vitest';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const NAMESPACES = '/api/v1/acme/namespaces';

async function editor(): Promise<TestPerson> {
  const app = new TestApp();
  const ada = await app.person('ada');
  await app.tenant('acme', { editor: ada });
  return ada;
}

async function describeNamespace(ada: TestPerson, document: object): Promise<void> {
  expect((await ada.fetch(NAMESPACES, jsonInit('POST', document))).status).toBe(200);
}

interface Ended {
  state: { current: string };
  outputs?: Record<string, unknown>;
}

/** Deploys a flow with these tasks and an output `said`, runs it, and waits for its end. */
async function run(ada: TestPerson, namespace: string, tasks: string, said = 'nothing'): Promise<Ended> {
  const outputs = `outputs:\n  - { id: said, type: STRING, value: "${said}" }\n`;
  const source = `id: hello\nnamespace: ${namespace}\ntasks:\n${tasks}\n${outputs}`;
  const saved = await ada.fetch('/api/v1/acme/flows', yamlInit('POST', source));
  expect([saved.status, saved.status === 200 ? '' : await saved.text()]).toEqual([200, '']);
  return (await ada.fetch(`/api/v1/acme/executions/${namespace}/hello?wait=true`, { method: 'POST' })).json();
}

const NOOP = '  - { id: log, type: core.log.Log, message: hi }';
const RETURN = (format: string) => `  - { id: r, type: core.debug.Return, format: "${format}" }`;

describe('variables of a namespace', () => {
  test('are seen by flows in it and below it, the nearest first', async () => {
    const ada = await editor();
    await describeNamespace(ada, { id: 'acme', variables: { env: 'prod', region: 'eu', deep: { a: 1 } } });
    await describeNamespace(ada, { id: 'acme.demo', variables: { env: 'dev' } });
    const template = '{{ namespace.env }} {{ namespace.region }} {{ namespace.deep.a }}';
    const { state, outputs } = await run(ada, 'acme.demo.child', NOOP, template);
    expect([state.current, outputs]).toEqual(['SUCCESS', { said: 'dev eu 1' }]);
  });

  test('are not there for others', async () => {
    const ada = await editor();
    await describeNamespace(ada, { id: 'acme.demo', variables: { env: 'dev' } });
    expect((await run(ada, 'acme', NOOP, "{{ namespace.env ?? 'none' }}")).outputs).toEqual({ said: 'none' });
  });

  test('of the parents are listed', async () => {
    const ada = await editor();
    await describeNamespace(ada, {
      id: 'a',
      variables: { x: 1, y: 1 },
      pluginDefaults: [{ type: 'core.log', values: {} }],
    });
    await describeNamespace(ada, { id: 'a.b', variables: { y: 2 } });
    await describeNamespace(ada, { id: 'a.b.c', variables: { z: 3 } });
    expect(await (await ada.fetch(`${NAMESPACES}/a.b.c/inherited-variables`)).json()).toEqual({ x: 1, y: 2 });
    expect(await (await ada.fetch(`${NAMESPACES}/a.b/inherited-plugindefaults`)).json()).toEqual([
      { type: 'core.log', values: {}, forced: false },
    ]);
    expect(await (await ada.fetch(`${NAMESPACES}/a/inherited-variables`)).json()).toEqual({});
  });
});

describe('plugin defaults of a namespace', () => {
  test('fill in what a task leaves open, also what it must have', async () => {
    const ada = await editor();
    const type = 'io.kestra.plugin.core.kv.Set';
    await describeNamespace(ada, { id: 'acme', pluginDefaults: [{ type, values: { key: 'k', value: 'parent' } }] });
    await describeNamespace(ada, { id: 'acme.demo', pluginDefaults: [{ type, values: { value: 'own' } }] });
    const { state } = await run(ada, 'acme.demo', '  - { id: set, type: core.kv.Set }');
    expect(state.current).toBe('SUCCESS');
    expect(await (await ada.fetch(`${NAMESPACES}/acme.demo/kv/k`)).json()).toMatchObject({ value: 'own' });
  });

  test('give way to the task, unless they are forced', async () => {
    const ada = await editor();
    const pluginDefaults = [{ type: 'core.debug.Return', forced: true, values: { format: 'forced' } }];
    await describeNamespace(ada, { id: 'forcing', pluginDefaults });
    await describeNamespace(ada, { id: 'offering', pluginDefaults: [{ ...pluginDefaults[0], forced: false }] });
    expect((await run(ada, 'forcing', RETURN('own'), '{{ outputs.r.value }}')).outputs).toEqual({ said: 'forced' });
    expect((await run(ada, 'offering', RETURN('own'), '{{ outputs.r.value }}')).outputs).toEqual({ said: 'own' });
  });

  test('are taken into account when a flow is checked', async () => {
    const ada = await editor();
    const source = 'id: f\nnamespace: acme.demo\ntasks:\n  - { id: log, type: core.log.Log }\n';
    const validate = async () => {
      const answer = await ada.fetch('/api/v1/acme/flows/validate', yamlInit('POST', source));
      const [{ constraints } = {}] = await answer.json<{ constraints?: string }[]>();
      return constraints;
    };
    expect(await validate()).toContain('message');
    await describeNamespace(ada, { id: 'acme', pluginDefaults: [{ type: 'core.log.Log', values: { message: 'hi' } }] });
    expect(await validate()).toBeUndefined();
  });
});

describe('a namespace that names those it allows', () => {
  const USES = [
    RETURN("{{ kv('k', 'shut') }}"),
    RETURN("{{ secret('S', namespace='shut') }}"),
    RETURN("{{ read('a.txt', namespace='shut') }}"),
    RETURN("{{ read('nsfile://shut/a.txt') }}"),
    '  - { id: r, type: core.kv.Get, key: k, namespace: shut }',
    '  - { id: r, type: core.kv.Set, key: k, value: v, namespace: shut }',
    '  - { id: r, type: core.namespace.DownloadFiles, files: ["**"], namespace: shut }',
    '  - { id: r, type: core.storage.Size, uri: "nsfile://shut/a.txt" }',
  ];

  async function filled(allowed: string[]): Promise<TestPerson> {
    const ada = await editor();
    await describeNamespace(ada, { id: 'shut', allowedNamespaces: allowed.map((namespace) => ({ namespace })) });
    await ada.fetch(`${NAMESPACES}/shut/kv/k`, { method: 'PUT', body: '"v"' });
    await ada.fetch(`${NAMESPACES}/shut/secrets`, jsonInit('PUT', { key: 'S', value: 'hidden' }));
    await ada.fetch(`${NAMESPACES}/shut/files?path=/a.txt`, { method: 'POST', body: 'text' });
    return ada;
  }

  test.each(USES)('is closed to others: %s', async (task) => {
    const ada = await filled(['friend']);
    expect((await run(ada, 'stranger', task)).state.current).toBe('FAILED');
  });

  test.each(USES)('is open to those, and to what is below them: %s', async (task) => {
    const ada = await filled(['friend']);
    expect((await run(ada, 'friend.child', task)).state.current).toBe('SUCCESS');
  });

  test('is open to itself, to its children, and, while it names none, to everybody', async () => {
    const closed = await filled(['friend']);
    expect((await run(closed, 'shut', RETURN("{{ kv('k', 'shut') }}"))).state.current).toBe('SUCCESS');
    expect((await run(closed, 'shut.child', RETURN("{{ kv('k', 'shut') }}"))).state.current).toBe('SUCCESS');
    await closed.fetch(`${NAMESPACES}/shut`, jsonInit('PUT', { allowedNamespaces: [] }));
    expect((await run(closed, 'stranger', RETURN("{{ kv('k', 'shut') }}"))).state.current).toBe('SUCCESS');
  });
});

describe('what flows will read of a document', () => {
  test.each([
    [{ variables: ['a'] }, 'variables'],
    [{ variables: 'a' }, 'variables'],
    [{ pluginDefaults: { type: 'x' } }, 'pluginDefaults'],
    [{ pluginDefaults: [{ type: 'x', values: 'y' }] }, 'pluginDefaults[0].values'],
    [{ allowedNamespaces: ['a'] }, 'allowedNamespaces[0]'],
    [{ allowedNamespaces: [{ namespace: '../a' }] }, 'allowedNamespaces[0].namespace'],
  ])('is refused when it is not what they expect: %j', async (members, pointer) => {
    const ada = await editor();
    const refused = await ada.fetch(NAMESPACES, jsonInit('POST', { id: 'acme', ...members }));
    expect([refused.status, await refused.json()]).toMatchObject([422, { errors: [{ pointer }] }]);
  });
});
