import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { Flow } from '../flow/flow.ts';
import type { ExecutionId } from '../ids.ts';
import { stringifyJson } from '../protocol/json.ts';
import { assert } from '../result.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import type { Tenant } from '../tenant.ts';
import { startExecution } from './start-execution.ts';
import type { Start, StartOptions } from './start-execution.ts';

interface ExecutionJson {
  id: ExecutionId;
  state: { current: string; histories: { state: string }[] };
  taskRunList: {
    id: string;
    taskId: string;
    state: { current: string };
    outputs?: Record<string, unknown>;
    attempts?: unknown[];
  }[];
  labels: { key: string; value: string }[];
  outputs?: Record<string, unknown>;
}

async function start(
  tenant: Tenant,
  flow: Flow,
  more: Partial<Start> = {},
  options: StartOptions = {},
): Promise<ExecutionJson> {
  const id = more.id ?? tenant.newExecutionId(crypto.getRandomValues(new Uint8Array(22)));
  const answer = await startExecution(tenant, { id, at: Date.now(), flow, inputs: {}, labels: [], ...more }, options);
  assert(answer.ok, 'the execution starts');
  return JSON.parse(answer.value) as ExecutionJson;
}

async function read(tenant: Tenant, id: ExecutionId): Promise<ExecutionJson> {
  return JSON.parse((await tenant.execution(id).view(id)) ?? 'null') as ExecutionJson;
}

const HELLO = `
id: hello
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "hello from {{ execution.id }}"
  - id: give
    type: io.kestra.plugin.core.debug.Return
    format: "{{ task.id }}"
`;

async function newTenant(): Promise<Tenant> {
  return new TestApp().tenant('acme');
}

describe('an execution of trivial tasks', () => {
  test('is created, runs and ends in one turn', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, HELLO);
    const ended = await start(tenant, flow, {}, { wait: true });
    expect(ended.state.current).toBe('SUCCESS');
    expect(ended.taskRunList.map(({ taskId, state }) => [taskId, state.current])).toEqual([
      ['say', 'SUCCESS'],
      ['give', 'SUCCESS'],
    ]);
    expect(ended.taskRunList[1]?.outputs).toEqual({ value: 'give' });
    const logs = JSON.parse((await tenant.execution(ended.id).logs(ended.id, {})) ?? '[]') as {
      message: string;
      taskId: string;
    }[];
    expect(logs.map(({ taskId, message }) => [taskId, message])).toContainEqual(['say', `hello from ${ended.id}`]);
  });

  test('answers a start that does not wait with the execution as it was created', async () => {
    const tenant = await newTenant();
    const created = await start(tenant, await storedFlow(tenant, HELLO));
    expect(created.state.current).toBe('CREATED');
    expect(created.labels).toContainEqual({ key: 'system.correlationId', value: created.id });
    expect((await read(tenant, created.id)).state.current).toBe('SUCCESS');
  });

  test('is started once, however often its id is used', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, HELLO);
    const id = await tenant.executionIdFor('key/one');
    await Promise.all([start(tenant, flow, { id }), start(tenant, flow, { id }), start(tenant, flow, { id })]);
    const again = await start(tenant, flow, { id, inputs: { other: 1 } }, { wait: true });
    expect(again.taskRunList).toHaveLength(2);
    const logs = JSON.parse((await tenant.execution(id).logs(id, {})) ?? '[]') as unknown[];
    expect(logs).toHaveLength(1);
  });

  test('costs at most four rows', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, HELLO);
    const { id } = await start(tenant, flow); // makes the tables and the alarm
    const stub = tenant.execution(id);
    const written = await runInDurableObject(stub, async (object, state) => {
      const before = state.storage.sql.databaseSize;
      expect(before).toBeGreaterThan(0);
      let rows = 0;
      const exec = state.storage.sql.exec.bind(state.storage.sql);
      const sql = state.storage.sql as { exec: unknown };
      sql.exec = (...args: Parameters<typeof exec>) => {
        const cursor = exec(...args);
        rows += cursor.rowsWritten;
        return cursor;
      };
      const other = {
        ...JSON.parse(
          stringifyJson({
            type: 'execution.created',
            at: Date.now(),
            namespace: flow.namespace,
            flowId: flow.id,
            flowRevision: 1,
            inputs: {},
            labels: [],
          }),
        ),
        id: `${id.slice(0, 21)}x`,
      };
      await object.create({ tenant: tenant.record, event: JSON.stringify(other), wait: true });
      return rows;
    });
    expect(written).toBeLessThanOrEqual(4);
  });
});

const WAITS = `
id: waits
namespace: company.team
tasks:
  - id: pause
    type: io.kestra.plugin.core.flow.Pause
  - id: after
    type: io.kestra.plugin.core.debug.Return
    format: done
`;

describe('an execution that waits', () => {
  test('survives the loss of its object and goes on when it is resumed', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, WAITS);
    const paused = await start(tenant, flow, {}, { wait: true });
    expect(paused.state.current).toBe('PAUSED');
    await evictDurableObject(tenant.execution(paused.id));
    const answer = await tenant.execution(paused.id).act(paused.id, JSON.stringify({ type: 'resume' }));
    expect(answer.ok).toBe(true);
    expect((await read(tenant, paused.id)).state.current).toBe('SUCCESS');
  });

  test('fires its timer by the alarm, after the object was lost', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(
      tenant,
      WAITS.replace(
        'type: io.kestra.plugin.core.flow.Pause',
        'type: io.kestra.plugin.core.flow.Pause\n    delay: PT1H',
      ),
    );
    const { id } = await start(tenant, flow);
    const stub = tenant.execution(id);
    expect((await read(tenant, id)).state.current).toBe('PAUSED');
    await runInDurableObject(stub, (object) => {
      object.now = () => Date.now() + 3_600_000;
    });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect((await read(tenant, id)).state.current).toBe('SUCCESS');
  });
});

describe('a shard', () => {
  test('serves the others when one of its executions cannot be read', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, WAITS.replace('flow.Pause', 'flow.Pause\n    delay: PT1H'));
    const sound = await start(tenant, flow);
    const broken = { id: `A${sound.id.slice(1, 3)}${'0'.repeat(19)}` as ExecutionId };
    const stub = tenant.execution(sound.id);
    await runInDurableObject(stub, async (object, { storage }) => {
      // Both in one shard, which is forgotten and woken.
      await object.create({ tenant: tenant.record, event: createdEvent(flow, broken.id) });
      storage.sql.exec(`UPDATE execution SET head = 'no JSON', outside = 1 WHERE id = ?`, broken.id);
    });
    await evictDurableObject(stub);
    await runInDurableObject(stub, async (object) => {
      object.now = () => Date.now() + 3_600_000;
      await object.alarm();
    });
    expect((await read(tenant, sound.id)).state.current).toBe('SUCCESS');
  });

  test('keeps an execution that the engine cannot begin, as a failed one', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, HELLO);
    const id = await tenant.executionIdFor('poison');
    const state = { current: 'RESTARTED', histories: [{ state: 'RESTARTED', at: 1 }] };
    const taskRuns = [{ index: 0, taskId: 'gone', state, attempts: [] }];
    const frame = {
      phase: 'tasks',
      list: 'tasks',
      order: 'sequence',
      limit: 1,
      worst: 'SUCCESS',
      started: 1,
      active: 1,
    };
    const created = JSON.parse(createdEvent(flow, id)) as object;
    const event = JSON.stringify({ ...created, replay: { state, taskRuns, frame } });
    const answer = await tenant.execution(id).create({ tenant: tenant.record, event });
    assert(answer.ok, 'the start is answered');
    expect((await read(tenant, id)).state.current).toBe('FAILED');
    expect(await tenant.execution(id).logText(id, {})).toContain('The engine could not go on with this execution');
  });

  test('tells the index of an execution whose labels no message can hold', async () => {
    const tenant = await newTenant();
    const flow = await storedFlow(tenant, HELLO);
    const value = 'x'.repeat(50_000);
    const labels = ['a', 'b', 'c', 'd'].map((key) => ({ key, value }));
    const { id } = await start(tenant, flow, { labels }, { wait: true });
    const found = await vi.waitFor(async () => {
      const row = await env.DATA_0.prepare('SELECT state, labels FROM execution WHERE id = ?').bind(id).first();
      expect(row).not.toBeNull();
      return row;
    }, INDEXED);
    expect(found).toMatchObject({ state: 'SUCCESS' });
    expect(String(found?.labels).length).toBeLessThan(70_000);
    expect((await read(tenant, id)).labels).toHaveLength(5);
  });
});

/** The queue waits a moment for more. */
const INDEXED = { timeout: 8_000, interval: 200 };

function createdEvent({ namespace, id: flowId }: Flow, id: ExecutionId): string {
  const start = { type: 'execution.created', at: Date.now(), id, namespace, flowId, flowRevision: 1 };
  return stringifyJson({ ...start, inputs: {}, labels: [] });
}
