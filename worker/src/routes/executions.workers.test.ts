import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as secrets from '../db/secrets.ts';
import { configOf } from '../env.ts';
import type { Tenant } from '../tenant.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { jsonInit, TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

interface ExecutionJson {
  id: string;
  flowRevision: number;
  inputs: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  labels: { key: string; value: string }[];
  originalId: string;
  parentId?: string;
  state: { current: string; histories: { state: string; date: string }[] };
  taskRunList: { id: string; taskId: string; state: { current: string }; outputs?: Record<string, unknown> }[];
  url?: string;
}

const HELLO = `
id: hello
namespace: company.team
labels:
  team: data
inputs:
  - id: name
    type: STRING
    defaults: world
  - id: count
    type: INT
    required: false
tasks:
  - id: greet
    type: io.kestra.plugin.core.debug.Return
    format: "hello {{ inputs.name }}"
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.greet.value }}"
outputs:
  - id: greeting
    type: STRING
    value: "{{ outputs.greet.value }}"
`;

const FAILS = `
id: fails
namespace: company.team
tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: one
  - id: broken
    type: io.kestra.plugin.core.execution.Fail
`;

const PAUSES = `
id: pauses
namespace: company.team
tasks:
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - id: approved
        type: BOOLEAN
      - id: note
        type: STRING
        required: false
  - id: after
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.ask.onResume.approved }}"
`;

let app: TestApp;
let ada: TestPerson;
let tenant: Tenant;

beforeEach(async () => {
  app = new TestApp();
  app.now = Date.now();
  ada = await app.person();
  tenant = await app.tenant('acme', { owner: ada });
});

const at = (path: string) => `/api/v1/acme${path}`;

async function start(path: string, init: RequestInit = { method: 'POST' }): Promise<ExecutionJson> {
  const answer = await ada.fetch(at(`/executions/${path}`), init);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
}

async function get(id: string): Promise<ExecutionJson> {
  const answer = await ada.fetch(at(`/executions/${id}`));
  expect(answer.status).toBe(200);
  return answer.json();
}

function form(values: Record<string, string | File>): RequestInit {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return { method: 'POST', body };
}

describe('starting an execution', () => {
  test('answers with the execution as it was created, and it runs', async () => {
    await storedFlow(tenant, HELLO);
    const created = await start('company.team/hello');
    expect(created.id).toMatch(/^[A-Z][0-9A-Za-z]{21}$/);
    expect(created.state.current).toBe('CREATED');
    expect(created.inputs).toEqual({ name: 'world', count: null });
    expect(created.labels).toContainEqual({ key: 'team', value: 'data' });
    expect(created.url).toBe(`https://rondo.test/ui/acme/executions/company.team/hello/${created.id}`);
    expect(await get(created.id)).toMatchObject({
      state: { current: 'SUCCESS' },
      outputs: { greeting: 'hello world' },
    });
  });

  test('waits for the end when it is asked to, with inputs from a form', async () => {
    await storedFlow(tenant, HELLO);
    const ended = await start('company.team/hello?wait=true&labels=run:nightly', form({ name: 'Ada', count: '3' }));
    expect(ended).toMatchObject({
      state: { current: 'SUCCESS' },
      inputs: { name: 'Ada', count: 3 },
      outputs: { greeting: 'hello Ada' },
    });
    expect(ended.labels).toContainEqual({ key: 'run', value: 'nightly' });
    expect(ended.taskRunList.map(({ taskId }) => taskId)).toEqual(['greet', 'say']);
  });

  test.each([
    [
      'an empty body of a form',
      { method: 'POST', body: '', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } },
    ],
    ['no body', { method: 'POST', headers: { 'Content-Length': '0' } }],
    ['a JSON object', jsonInit('POST', { name: 'world' })],
  ])('takes %s', async (_what, init) => {
    await storedFlow(tenant, HELLO);
    expect((await start('company.team/hello?wait=true', init)).outputs).toEqual({ greeting: 'hello world' });
  });

  test('starts one execution for one Idempotency-Key', async () => {
    await storedFlow(tenant, HELLO);
    const init = () => ({ method: 'POST', headers: { 'Idempotency-Key': 'order-17' } });
    const first = await start('company.team/hello', init());
    expect((await start('company.team/hello', init())).id).toBe(first.id);
    expect((await start('company.team/hello?id=order-17')).id).toBe(first.id);
    await storedFlow(tenant, FAILS);
    expect((await ada.fetch(at('/executions/company.team/fails'), init())).status).toBe(409);
  });

  test('keeps the file of the first one when it is repeated with another', async () => {
    await storedFlow(tenant, HELLO.replace('type: INT', 'type: FILE'));
    for (const content of ['first', 'second']) {
      const init = form({ count: new File([content], 'a.txt') });
      const { id } = await start('company.team/hello?id=order-18&wait=true', init);
      const file = await tenant.files.get(`company/team/hello/executions/${id}/inputs/count/a.txt`);
      expect(file && 'body' in file && (await file.text())).toBe('first');
    }
  });

  test('says what is wrong with inputs and stores nothing', async () => {
    await storedFlow(tenant, HELLO.replace('    defaults: world\n', '').replace('type: INT', 'type: FILE'));
    const answer = await ada.fetch(at('/executions/company.team/hello'), form({ count: new File(['x'], 'a.txt') }));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'invalid_input', errors: [{ pointer: 'inputs.name' }] });
    const files: string[] = [];
    for await (const { path } of tenant.files.list()) files.push(path);
    expect(files).toEqual([]);
  });

  test('refuses unknown and disabled flows, and bad labels', async () => {
    expect((await ada.fetch(at('/executions/company.team/nothing'), { method: 'POST' })).status).toBe(404);
    await storedFlow(tenant, HELLO, { disabled: true });
    expect((await ada.fetch(at('/executions/company.team/hello'), { method: 'POST' })).status).toBe(409);
    await storedFlow(tenant, FAILS);
    for (const labels of [':value', 'key:', 'system.own:1', 'word']) {
      expect((await ada.fetch(at(`/executions/company.team/fails?labels=${labels}`), { method: 'POST' })).status).toBe(
        422,
      );
    }
  });

  test('validates inputs without starting anything', async () => {
    await storedFlow(tenant, HELLO);
    const answer = await ada.fetch(at('/executions/company.team/hello/validate'), form({ count: 'three' }));
    expect(await answer.json()).toMatchObject([
      {
        id: 'hello',
        inputs: [{ value: 'world', isDefault: true }, { errors: [{ message: expect.stringContaining('count') }] }],
        checks: [],
      },
    ]);
  });

  test('is for operators and up, and another tenant sees nothing of it', async () => {
    const vic = await app.person('vic');
    const eve = await app.person('eve');
    await app.tenant('other', { owner: eve });
    await storedFlow(tenant, HELLO);
    const { id } = await start('company.team/hello');
    expect((await vic.fetch(at('/executions/company.team/hello'), { method: 'POST' })).status).toBe(404);
    expect((await app.fetch(at(`/executions/${id}`))).status).toBe(401);
    expect((await eve.fetch(`/api/v1/other/executions/${id}`)).status).toBe(404);
    expect((await eve.fetch(`/api/v1/other/logs/${id}`)).status).toBe(404);
  });
});

describe('files of an execution', () => {
  test('an input file is stored, read back, previewed and gone with the execution', async () => {
    await storedFlow(tenant, HELLO.replace('type: INT', 'type: FILE'));
    const { id, inputs } = await start(
      'company.team/hello?wait=true',
      form({ count: new File(['a,b\n1,2\n'], 'a b.csv') }),
    );
    const uri = String(inputs.count);
    expect(uri).toBe(`kestra:///company/team/hello/executions/${id}/inputs/count/a%20b.csv`);
    const path = `path=${encodeURIComponent(uri)}`;
    const file = await ada.fetch(at(`/executions/${id}/file?${path}`));
    expect(await file.text()).toBe('a,b\n1,2\n');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(await (await ada.fetch(at(`/executions/${id}/file/metas?${path}`))).json()).toEqual({ size: 8 });
    expect(await (await ada.fetch(at(`/executions/${id}/file/preview?${path}`))).json()).toEqual({
      extension: 'csv',
      type: 'LIST',
      content: [{ a: '1', b: '2' }],
      truncated: false,
    });
    const { id: other } = await start('company.team/hello?wait=true');
    expect((await ada.fetch(at(`/executions/${other}/file?${path}`))).status).toBe(422);
    expect((await ada.fetch(at(`/executions/${id}`), { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch(at(`/executions/${id}`))).status).toBe(404);
    expect(await tenant.files.head(`company/team/hello/executions/${id}/inputs/count/a b.csv`)).toBeNull();
  });
});

describe('logs, outputs and eval', () => {
  test('can be read, filtered and downloaded', async () => {
    await storedFlow(tenant, HELLO);
    const { id, taskRunList } = await start('company.team/hello?wait=true');
    const logs = await (await ada.fetch(at(`/logs/${id}?minLevel=INFO&taskId=say`))).json();
    expect(logs).toMatchObject([
      { level: 'INFO', message: 'hello world', taskId: 'say', executionId: id, attemptNumber: 0 },
    ]);
    expect(await (await ada.fetch(at(`/logs/${id}?taskId=greet`))).json()).toEqual([]);
    expect(await (await ada.fetch(at(`/logs/${id}/download`))).text()).toMatch(/^\S+Z INFO hello world\n$/);
    expect(await (await ada.fetch(at(`/outputs/${id}`))).json()).toMatchObject([{ taskId: 'greet', inline: true }]);
    expect(await (await ada.fetch(at(`/outputs/${id}/${taskRunList[0]?.id}`))).json()).toEqual({
      value: 'hello world',
    });
    const metrics = await (await ada.fetch(at(`/metrics/${id}?size=1`))).json();
    expect(metrics).toMatchObject({ results: [{ name: 'length', taskId: 'greet', value: 11 }], total: 2 });
  });

  test('an expression sees what a task run sees, and an error is an answer', async () => {
    await storedFlow(tenant, HELLO);
    const { id, taskRunList } = await start('company.team/hello?wait=true');
    const evaluate = async (path: string, body: string) =>
      (await ada.fetch(at(`/executions/${id}/${path}`), { method: 'POST', body })).json();
    expect(await evaluate(`eval/${taskRunList[1]?.id}`, '{{ outputs.greet.value }} from {{ task.id }}')).toEqual({
      result: 'hello world from say',
    });
    expect(await evaluate('eval', '{{ nothing }}')).toMatchObject({ error: expect.stringContaining('nothing') });
  });

  test('shows no secret to whoever may look, however an expression wraps it', async () => {
    const master = { secrets: configOf(env).secrets, entry: { namespace: 'company', key: 'token', tags: [], at: 1 } };
    await secrets.put(tenant, master.secrets, { ...master.entry, value: 'hunter2-hunter2' });
    await storedFlow(
      tenant,
      `
id: guarded
namespace: company.team
inputs:
  - id: given
    type: SECRET
  - id: kept
    type: SECRET
    defaults: "{{ secret('TOKEN') }}"
tasks:
  - id: quiet
    type: io.kestra.plugin.core.log.Log
    message: "used {{ inputs.given | length }}"
`,
    );
    const checked = await ada.fetch(at('/executions/company.team/guarded/validate'), form({ given: 'swordfish' }));
    expect(await checked.text()).not.toMatch(/swordfish|hunter2/);
    const { id } = await start('company.team/guarded?wait=true', form({ given: 'swordfish' }));
    for (const hidden of ["secret('TOKEN')", 'inputs.given', 'inputs.kept']) {
      const body = `{{ ${hidden} | base64encode }} {{ ${hidden} | length }}`;
      const answer = await ada.fetch(at(`/executions/${id}/eval`), { method: 'POST', body });
      expect(await answer.json(), hidden).toEqual({ result: `${btoa('********')} 8` });
    }
  });
});

describe('following an execution', () => {
  test('begins with the execution, shows progress and ends', async () => {
    await storedFlow(tenant, PAUSES);
    const { id } = await start('company.team/pauses?wait=true');
    const answer = await ada.fetch(at(`/executions/${id}/follow`));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const text = answer.text();
    await ada.fetch(at(`/executions/${id}/resume`), form({ approved: 'true' }));
    const events = (await text).split('\n\n').filter((event) => event.startsWith('id: '));
    expect(events[0]).toMatch(/^id: start\ndata: \{.*"current":"PAUSED"/);
    expect(events.at(-1)).toMatch(/^id: end\ndata: \{.*"current":"SUCCESS"/);
  });

  test('of one that has ended is a start and an end; of an unknown one a 404', async () => {
    await storedFlow(tenant, HELLO);
    const { id } = await start('company.team/hello?wait=true');
    const text = await (await ada.fetch(at(`/executions/${id}/follow`))).text();
    expect(text.match(/^id: \w+$/gm)).toEqual(['id: start', 'id: end']);
    expect((await ada.fetch(at(`/executions/${id.slice(0, 21)}_/follow`))).status).toBe(404);
    expect((await ada.fetch(at(`/executions/A${id.slice(1)}/follow`))).status).toBe(id.startsWith('A') ? 200 : 404);
  });
});

describe('actions', () => {
  test('a pause is resumed with good inputs only', async () => {
    await storedFlow(tenant, PAUSES);
    const { id, state } = await start('company.team/pauses?wait=true');
    expect(state.current).toBe('PAUSED');
    expect((await ada.fetch(at(`/executions/${id}/resume`), { method: 'POST' })).status).toBe(422);
    expect((await ada.fetch(at(`/executions/${id}/resume/validate`), form({ approved: 'true' }))).status).toBe(204);
    expect((await ada.fetch(at(`/executions/${id}/resume`), form({ approved: 'true' }))).status).toBe(204);
    const ended = await get(id);
    expect(ended.state.current).toBe('SUCCESS');
    expect(ended.taskRunList[1]?.outputs).toEqual({ value: 'true' });
    expect((await ada.fetch(at(`/executions/${id}/actions/resume`), form({ approved: 'true' }))).status).toBe(409);
  });

  test('kill answers 202, is final and is refused afterwards', async () => {
    await storedFlow(tenant, PAUSES);
    const { id } = await start('company.team/pauses?wait=true');
    expect((await ada.fetch(at(`/executions/${id}/kill`), { method: 'DELETE' })).status).toBe(202);
    expect((await get(id)).state.current).toBe('KILLED');
    expect((await ada.fetch(at(`/executions/${id}/kill`), { method: 'DELETE' })).status).toBe(409);
    expect((await ada.fetch(at(`/executions/${id}/restart`), { method: 'POST' })).status).toBe(409);
    expect((await ada.fetch(at('/executions/A00000000000000000000z/kill'), { method: 'DELETE' })).status).toBe(404);
  });

  test('restart runs what failed again, under the same id; replay makes a new execution', async () => {
    await storedFlow(tenant, FAILS);
    const failed = await start('company.team/fails?wait=true');
    expect(failed.state.current).toBe('FAILED');
    const restarted = await start(`${failed.id}/restart`);
    expect(restarted).toMatchObject({ id: failed.id, state: { current: 'RESTARTED' } });
    expect((await get(failed.id)).state.current).toBe('FAILED');
    const replayed = await start(`${failed.id}/replay`);
    expect(replayed.id).not.toBe(failed.id);
    expect(replayed).toMatchObject({ originalId: failed.id, parentId: failed.id, state: { current: 'CREATED' } });
    const fromTask = await start(`${failed.id}/replay?taskRunId=${failed.taskRunList[1]?.id}`);
    expect(fromTask.taskRunList.map(({ state }) => state.current)).toEqual(['SUCCESS', 'RESTARTED']);
    expect((await ada.fetch(at(`/executions/${failed.id}/replay?taskRunId=nothing`), { method: 'POST' })).status).toBe(
      422,
    );
  });

  test('labels, status and task runs can be changed once it has ended', async () => {
    await storedFlow(tenant, FAILS);
    const { id, taskRunList } = await start('company.team/fails?wait=true');
    const labelled = await start(`${id}/labels`, jsonInit('POST', [{ key: 'a', value: 'b' }]));
    expect(labelled.labels).toContainEqual({ key: 'a', value: 'b' });
    expect((await start(`${id}/change-status?status=WARNING`)).state.current).toBe('WARNING');
    expect((await ada.fetch(at(`/executions/${id}/change-status?status=RUNNING`), { method: 'POST' })).status).toBe(
      422,
    );
    await start(`${id}/state`, jsonInit('POST', { taskRunId: taskRunList[1]?.id, state: 'SUCCESS' }));
    expect((await get(id)).state.current).toBe('SUCCESS');
  });

  test('on many: all of them or none', async () => {
    await storedFlow(tenant, PAUSES.replace(/ {4}onResume:[^]*?(?= {2}- id: after)/, '').replace(/"\{\{.*\}\}"/, 'x'));
    const { id: a } = await start('company.team/pauses?wait=true');
    const { id: b } = await start('company.team/pauses?wait=true');
    const resumed = await ada.fetch(at('/executions/resume/by-ids'), jsonInit('POST', [a, b]));
    expect(await resumed.json()).toEqual({ count: 2 });
    const again = await ada.fetch(at('/executions/resume/by-ids'), jsonInit('POST', [a, b]));
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ code: 'bulk_validation_failed', invalids: [{ path: a }, { path: b }] });
    const file = `company/team/pauses/executions/${a}/a.txt`;
    await tenant.files.put(file, 'x');
    const removed = await ada.fetch(at('/executions/by-ids'), jsonInit('DELETE', [a, b]));
    expect(await removed.json()).toEqual({ count: 2 });
    expect(await tenant.files.head(file)).toBeNull();
  });
});

describe('lists', () => {
  test('show executions a moment later, filtered and sorted', async () => {
    await storedFlow(tenant, HELLO);
    await storedFlow(tenant, FAILS);
    const hello = await start('company.team/hello?wait=true&labels=k:v');
    const failed = await start('company.team/fails?wait=true');
    const search = async (query: string) => {
      const answer = await ada.fetch(at(`/executions/search?${query}`));
      expect(answer.status, await answer.clone().text()).toBe(200);
      return (await answer.json()) as { results: ExecutionJson[]; total: number };
    };
    await vi.waitFor(async () => expect((await search('')).total).toBe(2), { timeout: 5_000 });
    expect((await search('state=FAILED')).results).toMatchObject([{ id: failed.id, state: { current: 'FAILED' } }]);
    expect((await search('labels=k:v')).results.map(({ id }) => id)).toEqual([hello.id]);
    expect((await search('filters[flowId][EQUALS]=hello&filters[namespace][PREFIX]=company')).total).toBe(1);
    expect((await search('expand=taskRunList&flowId=hello')).results[0]?.taskRunList).toHaveLength(2);
    expect((await ada.fetch(at('/executions/search?filters[nothing][EQUALS]=1'))).status).toBe(400);
    expect((await ada.fetch(at('/executions/search?size=0'))).status).toBe(422);
    const latest = await ada.fetch(
      at('/executions/latest'),
      jsonInit('POST', [{ namespace: 'company.team', id: 'fails' }]),
    );
    expect(await latest.json()).toMatchObject([{ id: failed.id, status: 'FAILED' }]);
  });
});
