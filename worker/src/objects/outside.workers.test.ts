import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as keyValues from '../db/key-values.ts';
import * as secrets from '../db/secrets.ts';
import { EdgeTasks } from '../edge/edge-tasks.ts';
import { configOf } from '../env.ts';
import type { Flow } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import { assert } from '../result.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import type { Tenant } from '../tenant.ts';
import { startExecution } from './start-execution.ts';
import type { Start, StartOptions } from './start-execution.ts';

interface ExecutionJson {
  id: ExecutionId;
  state: { current: string; histories: { state: string }[] };
  outputs?: Record<string, unknown>;
  inputs: Record<string, unknown>;
  labels: { key: string; value: string }[];
  trigger?: { id: string; variables: Record<string, unknown> };
  taskRunList: {
    id: string;
    taskId: string;
    state: { current: string };
    outputs?: Record<string, unknown>;
    attempts?: { state: { current: string } }[];
  }[];
}

let tenant: Tenant;

beforeEach(async () => {
  tenant = await new TestApp().tenant('acme');
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function start(flow: Flow, more: Partial<Start> = {}, options: StartOptions = {}): Promise<ExecutionJson> {
  const id = more.id ?? tenant.newExecutionId(crypto.getRandomValues(new Uint8Array(22)));
  const answer = await startExecution(tenant, { id, at: Date.now(), flow, inputs: {}, labels: [], ...more }, options);
  assert(answer.ok, 'the execution starts');
  return JSON.parse(answer.value) as ExecutionJson;
}

async function read(id: ExecutionId): Promise<ExecutionJson> {
  return JSON.parse((await tenant.execution(id).view(id)) ?? 'null') as ExecutionJson;
}

async function messages(id: ExecutionId): Promise<string[]> {
  const entries = JSON.parse((await tenant.execution(id).logs(id, {})) ?? '[]') as { message: string }[];
  return entries.map(({ message }) => message);
}

/** The object is gone from one moment to the next, with all that it had under way. */
async function crash(id: ExecutionId): Promise<void> {
  const gone = runInDurableObject(tenant.execution(id), (_object, state) => state.abort('a crash'));
  await expect(gone).rejects.toThrow('a crash');
}

const FETCHES = `
id: fetches
namespace: company.team
tasks:
  - id: call
    type: io.kestra.plugin.core.http.Request
    uri: "https://example.com/{{ execution.id }}"
  - id: after
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.call.code }} {{ outputs.call.body }}"
`;

/** The world outside answers what the test says. */
function network(answer: (request: Request) => Promise<Response> | Response) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => answer(new Request(input, init)));
}

describe('an edge task', () => {
  test('runs beside the object, and its answer lets the execution go on', async () => {
    const calls = network(({ url }) => new Response(`got ${new URL(url).pathname.length}`));
    const ended = await start(await storedFlow(tenant, FETCHES), {}, { wait: true });
    expect(ended.state.current).toBe('SUCCESS');
    expect(ended.taskRunList[1]?.outputs).toEqual({ value: '200 got 23' });
    expect(calls).toHaveBeenCalledTimes(1);
  });

  test('that is made by a template runs in the place of its template', async () => {
    const flow = await storedFlow(
      tenant,
      `
id: templated
namespace: company.team
tasks:
  - id: made
    type: io.kestra.plugin.core.templating.TemplatedTask
    spec: |
      type: io.kestra.plugin.core.debug.Return
      format: "made in {{ flow.id }}"
  - id: refused
    type: io.kestra.plugin.core.templating.TemplatedTask
    spec: "type: io.kestra.plugin.core.flow.Pause"
`,
    );
    const ended = await start(flow, {}, { wait: true });
    expect(ended.taskRunList.map(({ state }) => state.current)).toEqual(['SUCCESS', 'FAILED']);
    expect(ended.taskRunList[0]?.outputs).toEqual({ value: 'made in templated' });
    expect((await messages(ended.id)).join()).toContain('must be a runnable task');
  });

  test('may not call what is not public', async () => {
    const calls = network(() => new Response('never'));
    const flow = await storedFlow(tenant, FETCHES.replace('https://example.com', 'http://169.254.169.254'));
    const ended = await start(flow, {}, { wait: true });
    expect(ended.state.current).toBe('FAILED');
    expect((await messages(ended.id)).join()).toContain('not a public address');
    expect(calls).not.toHaveBeenCalled();
  });

  test('that was under way when the object was lost is made again, and an old answer changes nothing', async () => {
    let isFirst = true;
    const calls = network(() => {
      if (!isFirst) return new Response('second');
      isFirst = false;
      return new Promise<Response>(() => undefined);
    });
    const { id } = await start(await storedFlow(tenant, FETCHES));
    await vi.waitFor(() => expect(calls).toHaveBeenCalledTimes(1));
    await crash(id);
    const stub = tenant.execution(id);
    expect((await read(id)).state.current).toBe('RUNNING');
    const ended = JSON.parse((await stub.wait(id, 5_000)) ?? 'null') as ExecutionJson;
    expect(ended.state.current).toBe('SUCCESS');
    const late = {
      type: 'task.finished',
      at: Date.now(),
      taskRun: 0,
      attempt: 1,
      state: 'FAILED',
      outputs: { code: 1 },
    };
    expect(await stub.dispatch(id, JSON.stringify(late))).toBe(true);
    const again = await read(id);
    expect(again.taskRunList[1]?.outputs).toEqual({ value: '200 second' });
    expect(again.taskRunList[0]?.attempts).toHaveLength(1);
    expect(again.taskRunList[0]?.state.current).toBe('SUCCESS');
  });

  test('that may run once only fails instead of running twice', async () => {
    const calls = network(() => new Promise<Response>(() => undefined));
    const flow = await storedFlow(tenant, FETCHES.replace('    uri:', '    delivery: atMostOnce\n    uri:'));
    const { id } = await start(flow);
    await vi.waitFor(() => expect(calls).toHaveBeenCalledTimes(1));
    await crash(id);
    const ended = JSON.parse((await tenant.execution(id).wait(id, 5_000)) ?? 'null') as ExecutionJson;
    expect(ended.state.current).toBe('FAILED');
    expect((await messages(id)).join()).toContain('atMostOnce');
    expect(calls).toHaveBeenCalledTimes(1);
  });

  test('that may run once only is not tried again when its Worker is lost', async () => {
    const runs = vi.spyOn(EdgeTasks.prototype, 'run').mockRejectedValueOnce(new Error('the Worker is gone'));
    const flow = await storedFlow(tenant, FETCHES.replace('    uri:', '    delivery: atMostOnce\n    uri:'));
    const ended = await start(flow, {}, { wait: true });
    expect(ended.state.current).toBe('FAILED');
    expect((await messages(ended.id)).join()).toContain('atMostOnce');
    expect(runs).toHaveBeenCalledTimes(1);
  });

  test('is stopped by a kill, which does not wait for it', async () => {
    const calls = network(() => new Promise<Response>(() => undefined));
    const { id } = await start(await storedFlow(tenant, FETCHES));
    await vi.waitFor(() => expect(calls).toHaveBeenCalledTimes(1));
    const answer = await tenant.execution(id).act(id, JSON.stringify({ type: 'kill' }));
    expect(answer.ok).toBe(true);
    const ended = JSON.parse((await tenant.execution(id).wait(id, 5_000)) ?? 'null') as ExecutionJson;
    expect(ended.state.current).toBe('KILLED');
    expect(ended.taskRunList.map(({ state }) => state.current)).toEqual(['KILLED']);
  });

  test('that takes longer than its timeout fails', async () => {
    network(() => new Promise<Response>(() => undefined));
    const flow = await storedFlow(tenant, FETCHES.replace('    uri:', '    timeout: PT1H\n    uri:'));
    const { id } = await start(flow);
    const stub = tenant.execution(id);
    await runInDurableObject(stub, (object) => {
      object.now = () => Date.now() + 3_600_000;
    });
    await runDurableObjectAlarm(stub);
    expect((await read(id)).state.current).toBe('FAILED');
    expect(await messages(id)).toEqual([expect.stringContaining('did not end within PT1H')]);
  });

  test('that has timed out is not made again after a crash', async () => {
    const calls = network(() => new Promise<Response>(() => undefined));
    const flow = await storedFlow(
      tenant,
      FETCHES.replace('    uri:', '    timeout: PT1H\n    allowFailure: true\n    uri:').replace(
        /type: io.kestra.plugin.core.debug.Return\n.*/,
        'type: io.kestra.plugin.core.flow.Pause',
      ),
    );
    const { id } = await start(flow);
    await vi.waitFor(() => expect(calls).toHaveBeenCalledTimes(1));
    await runInDurableObject(tenant.execution(id), async (object, state) => {
      object.now = () => Date.now() + 3_600_000;
      await object.alarm();
      // As the row was when the time ran out, before the stopped call had answered.
      state.storage.sql.exec(`UPDATE execution SET outbox = '[[0,1]]', outside = 1`);
    });
    await crash(id);
    expect((await read(id)).state.current).toBe('PAUSED');
    await vi.waitFor(async () => {
      const left = await runInDurableObject(tenant.execution(id), (_object, { storage }) =>
        storage.sql.exec('SELECT outbox FROM execution').one(),
      );
      expect(left).toEqual({ outbox: '[]' });
    });
    expect(calls).toHaveBeenCalledTimes(1);
  });

  test('gets its secrets, and the log shows none of them', async () => {
    const seen: string[] = [];
    network(({ headers }) => {
      seen.push(headers.get('x-token') ?? '');
      return new Response('ok');
    });
    const { secrets: master } = configOf(env);
    await secrets.put(tenant, master, {
      namespace: 'company',
      key: 'token',
      value: 'hunter2-hunter2',
      tags: [],
      at: 1,
    });
    const flow = await storedFlow(
      tenant,
      FETCHES.replace('    uri:', `    headers:\n      x-token: "{{ secret('TOKEN') }}"\n    uri:`).replace(
        'debug.Return\n    format: "{{ outputs.call.code }} {{ outputs.call.body }}"',
        `log.Log\n    message: "it is {{ secret('token') }}"`,
      ),
    );
    const ended = await start(flow, {}, { wait: true });
    expect(ended.state.current, (await messages(ended.id)).join()).toBe('SUCCESS');
    expect(seen).toEqual(['hunter2-hunter2']);
    expect(await messages(ended.id)).toContain('it is **masked*******');
    expect(JSON.stringify(await messages(ended.id))).not.toContain('hunter2');
  });
});

test('a job that holds a secret input is kept by no queue, and rendered for the runner that claims it', async () => {
  const flow = await storedFlow(
    tenant,
    `
id: scripted
namespace: company.team
inputs:
  - id: password
    type: SECRET
tasks:
  - id: run
    type: io.kestra.plugin.scripts.shell.Commands
    commands: ["login {{ inputs.password }}"]
`,
  );
  const { id } = await start(flow, { inputs: { password: 'swordfish' } });
  const jobs = await vi.waitFor(async () => {
    const found = await runInDurableObject(tenant.runnerGroup('default'), (_object, { storage }) =>
      storage.sql.exec('SELECT id, offer FROM jobs').toArray(),
    );
    expect(found).toHaveLength(1);
    return found;
  });
  expect(JSON.stringify(jobs)).not.toContain('swordfish');
  const claimed = await tenant.execution(id).startJob({ executionId: id, taskRun: 0, attempt: 1 }, 'default.runner');
  assert(claimed.kind === 'start', 'the attempt starts');
  expect(claimed.spec).toContain('login swordfish');
  expect(claimed.secrets).toEqual(['swordfish']);
});

const CHILD = `
id: child
namespace: company.team
inputs:
  - id: size
    type: INT
tasks:
  - id: twice
    type: io.kestra.plugin.core.debug.Return
    format: "{{ inputs.size * 2 }}"
outputs:
  - id: doubled
    type: INT
    value: "{{ outputs.twice.value }}"
`;

const PARENT = `
id: parent
namespace: company.team
tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: company.team
    flowId: child
    inputs:
      size: 21
  - id: after
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.call.outputs.doubled }}"
`;

describe('a subflow', () => {
  test('gets typed inputs and the correlation id, and gives its outputs back', async () => {
    await storedFlow(tenant, CHILD);
    const ended = await start(await storedFlow(tenant, PARENT), {}, { wait: true });
    expect(ended.state.current, (await messages(ended.id)).join()).toBe('SUCCESS');
    expect(ended.taskRunList[1]?.outputs).toEqual({ value: '42' });
    const childId = String(ended.taskRunList[0]?.outputs?.executionId) as ExecutionId;
    const child = await read(childId);
    expect(child.inputs).toEqual({ size: 21 });
    expect(child.labels).toContainEqual({ key: 'system.correlationId', value: ended.id });
    expect(child.trigger).toMatchObject({ id: 'call', variables: { executionId: ended.id, flowId: 'parent' } });
  });

  test.each([
    ['that does not exist', undefined, 'Unable to find the flow'],
    [
      'that gets a wrong input',
      CHILD.replace('type: INT\ntasks', 'type: INT\n    max: 3\ntasks'),
      'Invalid input for `size`',
    ],
  ])('%s fails the task, with the reason in the log', async (_what, child, reason) => {
    if (child) await storedFlow(tenant, child);
    const ended = await start(await storedFlow(tenant, PARENT), {}, { wait: true });
    expect(ended.state.current).toBe('FAILED');
    expect((await messages(ended.id)).join()).toContain(reason);
  });

  test('is killed with the execution that called it', async () => {
    await storedFlow(
      tenant,
      CHILD.replace(
        'type: io.kestra.plugin.core.debug.Return\n    format: "{{ inputs.size * 2 }}"',
        'type: io.kestra.plugin.core.flow.Pause',
      ).replace(/outputs:\n {2}- id[^]*/, ''),
    );
    const { id } = await start(await storedFlow(tenant, PARENT));
    const child = await vi.waitFor(async () => {
      const found = (await read(id)).taskRunList[0]?.outputs?.executionId;
      assert(typeof found === 'string', 'the child has started');
      return found as ExecutionId;
    });
    await tenant.execution(id).act(id, JSON.stringify({ type: 'kill' }));
    await vi.waitFor(async () => expect((await read(child)).state.current).toBe('KILLED'));
    await vi.waitFor(async () => expect((await read(id)).state.current).toBe('KILLED'));
  });
});

test('a child that is deleted fails the task that waits for it, and takes its jobs with it', async () => {
  const script = 'tasks: [{ id: run, type: scripts.shell.Commands, commands: [ls] }]';
  await storedFlow(tenant, `${CHILD.replace(/tasks:[^]*/, '')}${script}`);
  const { id } = await start(await storedFlow(tenant, PARENT));
  const child = await tenant.executionIdFor(`child/${id}/0/1`);
  const group = () => tenant.runnerGroup('default').metrics();
  await vi.waitFor(async () => expect(await group()).toMatchObject({ queued: 1 }));
  await tenant.execution(child).remove(child, { evenWhileRunning: true, files: true });
  await vi.waitFor(async () => expect((await read(id)).state.current).toBe('FAILED'));
  await vi.waitFor(async () => expect(await group()).toMatchObject({ queued: 0 }));
  expect(await read(child)).toBeNull();
});

test('a child that starts while its caller ends without waiting for it is killed', async () => {
  await storedFlow(tenant, `${CHILD.replace(/tasks:[^]*/, '')}tasks: [{ id: ask, type: core.flow.Pause }]`);
  const flow = await storedFlow(tenant, PARENT);
  const id = await tenant.executionIdFor('ends at once');
  await runInDurableObject(tenant.execution(id), async (object) => {
    const event = { type: 'execution.created', at: Date.now(), id, namespace: flow.namespace, flowId: flow.id };
    const rest = { flowRevision: 1, inputs: {}, labels: [] };
    await object.create({ tenant: tenant.record, event: JSON.stringify({ ...event, ...rest }) });
    await object.dispatch(id, JSON.stringify({ type: 'execution.quarantined', at: Date.now(), message: 'a bug' }));
  });
  expect((await read(id)).state.current).toBe('FAILED');
  const child = await tenant.executionIdFor(`child/${id}/0/1`);
  await vi.waitFor(async () => expect((await read(child)).state.current).toBe('KILLED'));
});

describe('a flow with a concurrency limit', () => {
  const limited = (behavior: string) => `
id: limited
namespace: company.team
concurrency:
  limit: 1
  behavior: ${behavior}
tasks:
  - id: hold
    type: io.kestra.plugin.core.flow.Pause
`;
  const resume = (id: ExecutionId) => tenant.execution(id).act(id, JSON.stringify({ type: 'resume' }));
  const state = async (id: ExecutionId) => (await read(id)).state.current;

  test('queues what is too much and starts it in its order', async () => {
    const flow = await storedFlow(tenant, limited('QUEUE'));
    const { id: first } = await start(flow, {}, { wait: true });
    const { id: second } = await start(flow);
    await vi.waitFor(async () => expect(await state(second)).toBe('QUEUED'));
    const { id: third } = await start(flow);
    await vi.waitFor(async () => expect(await state(third)).toBe('QUEUED'));
    await resume(first);
    await vi.waitFor(async () => expect(await state(second)).toBe('PAUSED'));
    expect(await state(third)).toBe('QUEUED');
    await tenant.execution(third).act(third, JSON.stringify({ type: 'kill' }));
    await vi.waitFor(async () =>
      expect(await tenant.flow('company.team', 'limited').count()).toEqual({ running: 1, queued: 0 }),
    );
    await resume(second);
    await vi.waitFor(async () =>
      expect(await tenant.flow('company.team', 'limited').count()).toEqual({ running: 0, queued: 0 }),
    );
    expect(await Promise.all([first, second, third].map(state))).toEqual(['SUCCESS', 'SUCCESS', 'KILLED']);
  });

  test.each([
    ['CANCEL', 'CANCELLED'],
    ['FAIL', 'FAILED'],
  ])('ends what is too much with %s as %s', async (behavior, end) => {
    const flow = await storedFlow(tenant, limited(behavior));
    await start(flow, {}, { wait: true });
    const { id } = await start(flow);
    await vi.waitFor(async () => expect(await state(id)).toBe(end));
    expect(await tenant.flow('company.team', 'limited').count()).toEqual({ running: 1, queued: 0 });
  });

  test('gives the slot of an execution that is deleted to the next one', async () => {
    const flow = await storedFlow(tenant, limited('QUEUE'));
    const { id: first } = await start(flow, {}, { wait: true });
    const { id: second } = await start(flow);
    await vi.waitFor(async () => expect(await state(second)).toBe('QUEUED'));
    await tenant.execution(first).remove(first, { evenWhileRunning: true, files: false });
    await vi.waitFor(async () => expect(await state(second)).toBe('PAUSED'));
  });

  test('passes over who is gone from its queue, and lets nobody overtake it when the limit is raised', async () => {
    const slots = tenant.flow('company.team', 'counted');
    const ids = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => tenant.executionIdFor(name)));
    const ask = (n: number, limit: number) => {
      const executionId = ids[n];
      assert(executionId, 'there are five');
      return slots.acquire({ tenant: tenant.record, executionId, limit, queues: true });
    };
    expect([await ask(0, 1), await ask(1, 1), await ask(2, 1)]).toEqual(['granted', 'queued', 'queued']);
    const [first] = ids;
    assert(first, 'there are five');
    await slots.release(first);
    expect(await slots.count()).toEqual({ running: 0, queued: 0 });
    expect([await ask(0, 1), await ask(3, 1), await ask(4, 2)]).toEqual(['granted', 'queued', 'granted']);
    expect(await slots.count()).toEqual({ running: 2, queued: 0 });
  });

  test('an execution that is forced runs beyond the limit', async () => {
    const flow = await storedFlow(tenant, limited('QUEUE'));
    await start(flow, {}, { wait: true });
    const { id } = await start(flow);
    await vi.waitFor(async () => expect(await state(id)).toBe('QUEUED'));
    await tenant.execution(id).act(id, JSON.stringify({ type: 'force-run' }));
    expect(await state(id)).toBe('PAUSED');
    const slots = tenant.flow('company.team', 'limited');
    await vi.waitFor(async () => expect(await slots.count()).toEqual({ running: 2, queued: 0 }));
    await resume(id);
    await vi.waitFor(async () => expect(await slots.count()).toEqual({ running: 1, queued: 0 }));
  });
});

describe('retry as a new execution', () => {
  test('starts the flow again with the same inputs, after its time', async () => {
    const flow = await storedFlow(
      tenant,
      `
id: again
namespace: company.team
retry:
  type: constant
  interval: PT1S
  maxAttempts: 2
  behavior: CREATE_NEW_EXECUTION
tasks:
  - id: broken
    type: io.kestra.plugin.core.execution.Fail
`,
    );
    const { id } = await start(flow, {}, { wait: true });
    expect((await read(id)).state.current).toBe('RETRIED');
    const next = await tenant.executionIdFor(`retry/${id}/2`);
    await vi.waitFor(async () => expect((await read(next)).state.current).toBe('FAILED'), { timeout: 5_000 });
    expect(await read(next)).toMatchObject({ parentId: id, originalId: id, metadata: { attemptNumber: 2 } });
  });
});

test('a key that a flow asks for is read while other executions go on', async () => {
  await keyValues.put(tenant, {
    namespace: 'company',
    key: 'colour',
    type: 'STRING',
    value: 'red',
    at: 1,
    overwrite: true,
  });
  const flow = await storedFlow(
    tenant,
    `
id: keys
namespace: company.team
tasks:
  - id: ask
    type: io.kestra.plugin.core.debug.Return
    format: "{{ kv('colour') }}"
`,
  );
  const ended = await start(flow, {}, { wait: true });
  expect(ended.taskRunList[0]?.outputs).toEqual({ value: 'red' });
});
