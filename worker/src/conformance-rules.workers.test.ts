/** What clients of Kestra rely on, whatever route they call: a rule, a test. */
import { beforeEach, describe, expect, test } from 'vitest';
import { sessionCookie } from './identity/session-cookie.ts';
import { isJsonObject, parseJson } from './protocol/json.ts';
import type { Json } from './protocol/json.ts';
import { documentedOperations, urlOf } from './testing/documented-api.ts';
import { jsonInit, TestApp, yamlInit } from './testing/test-app.ts';
import type { TestPerson } from './testing/test-app.ts';

const HELLO = `# greeting of the demo\r
id: hello
namespace: company.team
description: "says  hello"   # twice

inputs:
  - { id: name, type: STRING, required: false }
tasks:
  - { id: greet, type: io.kestra.plugin.core.debug.Return, format: "hi {{ inputs.name ?? 'you' }}" }`;
const WAITS = 'id: waits\nnamespace: company.team\ntasks:\n  - { id: wait, type: core.flow.Pause }\n';
const FLOW = '/api/v1/acme/flows/company.team/hello';
const START = '/api/v1/acme/executions/company.team/hello';

let app: TestApp;
let ada: TestPerson;
let eve: TestPerson;

beforeEach(async () => {
  app = new TestApp();
  [ada, eve] = [await app.person(), await app.person('eve')];
  await app.tenant('acme', { owner: ada });
  await app.tenant('other', { owner: eve });
  for (const source of [HELLO, WAITS]) await ada.fetch('/api/v1/acme/flows', yamlInit('POST', source));
});

interface Execution {
  id: string;
  state: { current: string };
}

async function start(flowId = 'hello'): Promise<Execution> {
  const answer = await ada.fetch(`/api/v1/acme/executions/company.team/${flowId}?wait=true`, { method: 'POST' });
  expect(answer.status).toBe(200);
  return answer.json<Execution>();
}

/** What users fill may hold anything. */
const THEIRS = new Set(['inputs', 'outputs', 'variables', 'value']);

function hasNull(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasNull);
  if (!isJsonObject(value)) return value === null;
  return Object.entries(value).some(([name, member]) => !THEIRS.has(name) && hasNull(member));
}

describe('rule', () => {
  test('1: no answer has a member that is null', async () => {
    const { id } = await start();
    const paths = [
      `executions/${id}`,
      'executions/search',
      'flows/search',
      'flows/company.team/hello?source=true',
      'flows/company.team/hello/graph',
      'triggers/search',
      'namespaces/company.team',
      `logs/${id}`,
      `outputs/${id}`,
      'auditlogs/search',
      'flows/company.team/nothing',
    ];
    for (const path of paths) {
      const answer = await ada.fetch(`/api/v1/acme/${path}`);
      expect(hasNull(parseJson(await answer.text())), path).toBe(false);
    }
  });

  test('2: a source comes back byte for byte', async () => {
    const flow = await (await ada.fetch(`${FLOW}?source=true`)).json<{ source: string }>();
    expect(flow.source).toBe(HELLO);
  });

  test('3: creating and updating answer 200 with the whole object', async () => {
    await ada.fetch(FLOW, { method: 'DELETE' });
    for (const answer of [
      await ada.fetch('/api/v1/acme/flows', yamlInit('POST', HELLO)),
      await ada.fetch(FLOW, yamlInit('PUT', `${HELLO}\n# more`)),
    ]) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ id: 'hello', tasks: [{ id: 'greet' }], source: expect.any(String) });
    }
  });

  test('4: what is unknown and what is of another tenant are the same 404', async () => {
    const { id } = await start();
    const own = await eve.fetch('/api/v1/other/flows/company.team/hello');
    expect(own.status).toBe(404);
    expect((await eve.fetch(FLOW)).status).toBe(404);
    expect((await eve.fetch(`/api/v1/other/executions/${id}`)).status).toBe(404);
    const strange = await eve.fetch('/api/v1/nowhere/flows/company.team/hello');
    const foreign = await eve.fetch(FLOW);
    const told = async (answer: Response) => Object.keys(await answer.json<object>());
    expect(await told(strange)).toEqual(await told(foreign));
  });

  test.each([undefined, 'application/json', 'text/plain', 'application/octet-stream'])(
    '5: values and YAML come with any content type, like %s',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
      const bytes = (text: string) => new TextEncoder().encode(text);
      const put = await ada.fetch('/api/v1/acme/namespaces/company.team/kv/a', {
        method: 'PUT',
        body: bytes('bare'),
        headers,
      });
      expect(put.status).toBe(200);
      const value = await ada.fetch('/api/v1/acme/namespaces/company.team/kv/a');
      expect(await value.json()).toMatchObject({ type: 'STRING', value: 'bare' });
      const validated = await ada.fetch('/api/v1/acme/flows/validate', { method: 'POST', body: bytes(HELLO), headers });
      expect(await validated.json()).toMatchObject([{ index: 0, namespace: 'company.team', flow: 'hello' }]);
    },
  );

  test('6: a start needs no body', async () => {
    const answer = await ada.fetch(START, { method: 'POST', headers: { 'Content-Length': '0' } });
    expect(answer.status).toBe(200);
  });

  test('7: an empty Basic beside the JWT cookie is no credential', async () => {
    const headers = { Authorization: 'Basic Og==', Cookie: `JWT=${ada.token}` };
    expect((await app.fetch('/api/v1/me', { headers })).status).toBe(200);
    expect(
      (await app.fetch('/api/v1/me', { headers: { ...headers, Cookie: `${sessionCookie(true)}=x` } })).status,
    ).toBe(401);
  });

  test('8: an error has a message, a title, a detail and its status', async () => {
    for (const [path, status] of [
      ['flows/company.team/nothing', 404],
      ['flows/search?page=0', 422],
      ['flows/search?filters[nothing][EQUALS]=a', 400],
    ] as const) {
      const answer = await ada.fetch(`/api/v1/acme/${path}`);
      const text = {
        message: expect.stringMatching(/\S/),
        title: expect.stringMatching(/\S/),
        detail: expect.stringMatching(/\S/),
      };
      expect(await answer.json()).toMatchObject({ ...text, status });
    }
  });

  test('9: a stream begins with the execution, ends with it and is closed; what is unknown is a 404 before it', async () => {
    const { id } = await start();
    const stream = await (await ada.fetch(`/api/v1/acme/executions/${id}/follow`)).text();
    const events = Array.from(stream.matchAll(/^id: (\S+)\ndata: (.*)$/gm), ([, name, data = '']) => [
      name,
      JSON.parse(data),
    ]);
    expect(events[0]).toEqual(['start', expect.objectContaining({ id })]);
    expect(events.at(-1)).toEqual([
      'end',
      expect.objectContaining({ id, state: expect.objectContaining({ current: 'SUCCESS' }) }),
    ]);
    const unknown = await ada.fetch(`/api/v1/acme/executions/${'A'.repeat(22)}/follow`);
    expect(unknown.status).toBe(404);
    await unknown.body?.cancel();
  });

  test('10: pages of a sorted list hold each thing once, and the total is exact', async () => {
    for (const id of ['a', 'b', 'c']) {
      await ada.fetch('/api/v1/acme/flows', yamlInit('POST', WAITS.replace('waits', id)));
    }
    const seen: string[] = [];
    for (const page of [1, 2, 3]) {
      const answer = await ada.fetch(`/api/v1/acme/flows/search?size=2&page=${page}&sort=namespace:asc`);
      const { results, total } = await answer.json<{ results: { id: string }[]; total: number }>();
      expect(total).toBe(5);
      seen.push(...results.map(({ id }) => id));
    }
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'hello', 'waits']);
  });

  test('11: the id of an execution begins with a capital letter', async () => {
    expect((await start()).id).toMatch(/^[A-Z][0-9A-Za-z]{21}$/);
  });

  test('12: reserved words name no tenant, no namespace and no flow', async () => {
    const tenant = await ada.fetch('/api/v1/tenants', jsonInit('POST', { id: 'flows', name: 'x' }));
    const namespace = await ada.fetch('/api/v1/acme/namespaces', jsonInit('POST', { id: 'graph' }));
    const inside = await ada.fetch('/api/v1/acme/flows', yamlInit('POST', WAITS.replace('company.team', 'validate')));
    const flow = await ada.fetch('/api/v1/acme/flows', yamlInit('POST', WAITS.replace('id: waits', 'id: search')));
    for (const answer of [tenant, namespace, inside, flow]) {
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(/reserved/i) });
    }
  });

  test('13: what was written is read again as it was sent, so that a plan after an apply is empty', async () => {
    const document = {
      id: 'company.team',
      description: 'Demo',
      variables: { n: 3600000 },
      allowedNamespaces: [{ namespace: 'x' }],
      storageType: 'r2',
    };
    await ada.fetch('/api/v1/acme/namespaces', jsonInit('POST', document));
    const read = await (await ada.fetch('/api/v1/acme/namespaces/company.team')).text();
    expect(JSON.parse(read)).toEqual({ ...document, deleted: false });
    const values = { duration: 'P3DT3H2M1S', number: '3600000', date: '2022-05-01', json: '{"a": 1}', text: '"x"' };
    for (const [key, body] of Object.entries(values)) {
      const path = `/api/v1/acme/namespaces/company.team/kv/${key}`;
      await ada.fetch(path, { method: 'PUT', body });
      const first = await (await ada.fetch(path)).json<{ type: string; value: unknown }>();
      const again = await (await ada.fetch(path)).json<{ type: string; value: unknown }>();
      expect(again).toEqual(first);
    }
    const number = await (await ada.fetch('/api/v1/acme/namespaces/company.team/kv/number')).text();
    expect(number).toContain('3600000');
  });

  test('14: a flow that is written unchanged gets no revision', async () => {
    const answer = await ada.fetch(FLOW, yamlInit('PUT', HELLO));
    expect(await answer.json()).toMatchObject({ revision: 1 });
    expect(await (await ada.fetch(`${FLOW}/revisions`)).json()).toHaveLength(1);
  });

  test('15: locking, unlocking and writing a Terraform state may be repeated, and an unlock without a body forces it', async () => {
    const path = '/api/v1/acme/terraform/state/app';
    const lock = { ID: 'a', Operation: 'OperationTypeApply' };
    const state = { version: 4, serial: 1, lineage: 'l' };
    for (const init of [jsonInit('LOCK', lock), jsonInit('POST', state), jsonInit('UNLOCK', lock)]) {
      const url = init.method === 'POST' ? `${path}?ID=a` : path;
      expect((await ada.fetch(url, init)).status).toBe(200);
      expect((await ada.fetch(url, init)).status).toBe(200);
    }
    await ada.fetch(path, jsonInit('LOCK', lock));
    expect((await ada.fetch(path, { method: 'UNLOCK' })).status).toBe(200);
    expect((await ada.fetch(path, jsonInit('LOCK', { ID: 'b' }))).status).toBe(200);
  });

  test('16: pages and sizes below one are refused, and a size beyond the cap is cut', async () => {
    for (const query of ['page=0', 'size=0', 'size=-1', 'page=x']) {
      expect((await ada.fetch(`/api/v1/acme/flows/search?${query}`)).status, query).toBe(422);
    }
    expect((await ada.fetch('/api/v1/acme/flows/search?size=10000')).status).toBe(200);
    const { results } = await (await ada.fetch('/api/v1/plugins?size=10000')).json<{ results: object[] }>();
    expect(results.length).toBeGreaterThan(10);
  });

  test('17: every route that changes something of a tenant writes an audit record', { timeout: 60_000 }, async () => {
    const LOOKING = /:(VIEW|LIST|FOLLOW|ACCESS_\w+|EXPORT|VALIDATE)$/;
    const changing = documentedOperations.filter(
      ({ method, path, 'x-permission': permissions }) =>
        method !== 'GET' && path.includes('{tenant}') && permissions.some((one) => /:/.test(one) && !LOOKING.test(one)),
    );
    expect(changing.length).toBeGreaterThan(60);
    for (const operation of changing) {
      const params = {
        namespace: 'company.team',
        flowId: 'hello',
        id: operation.path.includes('/executions/') ? await freshExecution() : 'hello',
        name: 'app',
      };
      const before = await auditRecords();
      const answer = await ada.fetch(urlOf(operation, { params }), { method: operation.method });
      await answer.body?.cancel();
      const isChange = answer.ok && !operation.path.endsWith('/validate');
      expect(await auditRecords(), operation.operationId).toBe(before + (isChange ? 1 : 0));
    }
  });

  async function auditRecords(): Promise<number> {
    const answer = await ada.fetch('/api/v1/acme/auditlogs/search');
    return (await answer.json<{ total: number }>()).total;
  }

  /** Whatever the calls before have deleted or disabled. */
  async function freshExecution(): Promise<string> {
    await ada.fetch('/api/v1/acme/flows/company.team?delete=false', yamlInit('POST', `${WAITS}---\n${HELLO}`));
    await ada.fetch('/api/v1/acme/flows/enable/by-query', { method: 'POST' });
    return (await start('waits')).id;
  }

  test('18: both families of paths do the same, and each answers in its own form', async () => {
    for (const [older, newer, status] of [
      ['pause', undefined, 409],
      ['kill', 'DELETE', 202],
      ['resume', 'POST', 204],
    ] as const) {
      const method = older === 'kill' ? 'DELETE' : 'POST';
      const first = await ada.fetch(`/api/v1/acme/executions/${(await start('waits')).id}/${older}`, { method });
      expect(first.status, older).toBe(status);
      if (newer === undefined) continue;
      const { id } = await start('waits');
      const second = await ada.fetch(`/api/v1/acme/executions/${id}/actions/${older}`, { method: newer });
      expect(second.status, older).toBe(200);
      expect(await second.json()).toMatchObject({ id });
    }
  });
});
