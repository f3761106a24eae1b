import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import { pokeSchedulers } from '../cron/poke-schedulers.ts';
import * as executions from '../db/executions.ts';
import * as keyValues from '../db/key-values.ts';
import type { ExecutionId } from '../ids.ts';
import { TRIGGER_LOCK_CHECKED_MS, TRIGGER_LOG_LINES_MAX } from '../limits.ts';
import { assert } from '../result.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import type { Tenant } from '../tenant.ts';
import { readRows } from './scheduler-store.ts';
import type { TriggerRow } from './scheduler-store.ts';
import { startExecution } from './start-execution.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Far enough ahead that real alarms leave the tests alone. */
const NOON = Math.ceil(Date.now() / DAY + 2) * DAY + 12 * HOUR;

interface ExecutionJson {
  id: ExecutionId;
  state: { current: string };
  trigger?: { id: string; type: string; variables: Record<string, unknown> };
  inputs: Record<string, unknown>;
  labels: { key: string; value: string }[];
  scheduleDate?: string;
}

const TASKS = 'tasks: [{ id: say, type: io.kestra.plugin.core.log.Log, message: hi }]';
const flowWith = (id: string, triggers: string, more = '') => `
id: ${id}
namespace: company.team
${more}
${TASKS}
triggers:
${triggers}`;

const hourly = (more = '') =>
  flowWith('hourly', `  - { id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *"${more} }`);
const HOURLY = { namespace: 'company.team', flowId: 'hourly', triggerId: 'tick' };

async function newTenant(): Promise<Tenant> {
  return new TestApp().tenant('acme');
}

/** A tenant whose scheduler has read this flow at a moment. */
async function scheduled(source: string, now: number): Promise<Tenant> {
  const tenant = await newTenant();
  await add(tenant, source, now);
  return tenant;
}

async function add(tenant: Tenant, source: string, now: number): Promise<void> {
  const flow = await storedFlow(tenant, source);
  await at(tenant, now);
  await tenant.scheduler().flowsChanged(tenant.record, [{ namespace: flow.namespace, flowId: flow.id }]);
}

/** Sets the scheduler's clock. */
async function at(tenant: Tenant, now: number): Promise<void> {
  await runInDurableObject(tenant.scheduler(), (object) => {
    object.now = () => now;
  });
}

async function wake(tenant: Tenant, now: number): Promise<void> {
  await at(tenant, now);
  await tenant.scheduler().poke();
}

async function started(tenant: Tenant, flowId = 'hourly'): Promise<ExecutionJson[]> {
  const shards = Array.from({ length: tenant.record.executionShards }, (_, shard) => shard);
  const ids = await Promise.all(
    shards.map((shard) =>
      runInDurableObject(tenant.executionShard(shard), (_object, state) => {
        const rows = state.storage.sql.exec<{ id: string }>('SELECT id FROM execution').toArray();
        return rows.map(({ id }) => id as ExecutionId);
      }),
    ),
  );
  const views = await Promise.all(ids.flat().map((id) => tenant.execution(id).view(id)));
  const found = views.map((view) => JSON.parse(view ?? 'null') as ExecutionJson & { flowId: string });
  return found
    .filter((one) => one.flowId === flowId)
    .sort((a, b) => (a.scheduleDate ?? '').localeCompare(b.scheduleDate ?? ''));
}

async function row(tenant: Tenant, key = HOURLY): Promise<TriggerRow> {
  const found = readRows(await tenant.scheduler().ofFlow(key)).find(({ triggerId }) => triggerId === key.triggerId);
  assert(found, 'the trigger is known');
  return found;
}

/** Executions end by themselves and tell the scheduler a moment later. */
async function unlocked(tenant: Tenant, key = HOURLY): Promise<void> {
  await vi.waitFor(async () => expect((await row(tenant, key)).state.lock).toBeUndefined(), { timeout: 5_000 });
}

describe('a schedule', () => {
  test('starts its execution once, with the dates around it', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await wake(tenant, NOON - 1);
    expect(await started(tenant)).toEqual([]);
    await wake(tenant, NOON);
    await wake(tenant, NOON);
    const [execution, ...others] = await started(tenant);
    expect(others).toEqual([]);
    const iso = (time: number) => new Date(time).toISOString().replace('.000', '');
    expect(execution?.trigger).toEqual({
      id: 'tick',
      type: 'io.kestra.plugin.core.trigger.Schedule',
      variables: { date: iso(NOON), next: iso(NOON + HOUR), previous: iso(NOON - HOUR) },
    });
  });

  test('starts once although the object is lost after the start was written, or after it was performed', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    const scheduler = tenant.scheduler();
    await wake(tenant, NOON);
    const [first] = await started(tenant);
    assert(first, 'it has started');
    // As a crash between the start and its mark leaves it: performed, and still written down.
    await runInDurableObject(scheduler, (_object, state) => {
      const start = {
        ...HOURLY,
        id: first.id,
        revision: 1,
        type: 't',
        variables: {},
        inputs: {},
        isLenient: false,
        labels: [],
        at: NOON,
      };
      state.storage.sql.exec('INSERT INTO start (execution, body) VALUES (?, ?)', first.id, JSON.stringify(start));
    });
    await evictDurableObject(scheduler);
    await wake(tenant, NOON);
    expect(await started(tenant)).toHaveLength(1);
    const left = await runInDurableObject(scheduler, (_object, state) =>
      state.storage.sql.exec('SELECT * FROM start').toArray(),
    );
    expect(left).toEqual([]);
  });

  test('is woken by its alarm', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await at(tenant, NOON);
    expect(await runDurableObjectAlarm(tenant.scheduler())).toBe(true);
    expect(await started(tenant)).toHaveLength(1);
  });

  test('waits for its execution, and goes on when it has ended', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await wake(tenant, NOON);
    await unlocked(tenant);
    await wake(tenant, NOON + HOUR);
    expect(await started(tenant)).toHaveLength(2);
  });

  test('makes up for what was missed while the scheduler was away for a day, one after the other', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await at(tenant, NOON + 3 * HOUR + MINUTE);
    await tenant.scheduler().poke();
    await vi.waitFor(async () => expect(await started(tenant)).toHaveLength(4), { timeout: 5_000 });
  });

  test('gives the inputs and labels of its trigger, rendered, and keeps the defaults of its flow', async () => {
    const inputs = 'inputs: [{ id: day, type: STRING }, { id: kind, type: STRING, defaults: daily }]';
    const trigger =
      '  - { id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *", inputs: { day: "{{ trigger.date }}" }, labels: { of: "{{ trigger.next }}" } }';
    const tenant = await scheduled(flowWith('hourly', trigger, inputs), NOON - HOUR);
    await wake(tenant, NOON);
    const [execution] = await started(tenant);
    expect(execution?.inputs).toEqual({ day: new Date(NOON).toISOString().replace('.000', ''), kind: 'daily' });
    expect(execution?.labels).toContainEqual({
      key: 'of',
      value: new Date(NOON + HOUR).toISOString().replace('.000', ''),
    });
  });

  test('that cannot start says why, is not locked and tries again at its next date', async () => {
    const tenant = await scheduled(
      flowWith(
        'hourly',
        '  - { id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *" }',
        'inputs: [{ id: must, type: STRING }]',
      ),
      NOON - HOUR,
    );
    await wake(tenant, NOON);
    expect(await started(tenant)).toEqual([]);
    const { error, state, wake: next } = await row(tenant);
    expect(error).toContain('must');
    expect(state.lock).toBeUndefined();
    expect(next).toBe(NOON + HOUR);
  });

  test('whose conditions cannot be evaluated makes a failed execution', async () => {
    const tenant = await scheduled(hourly(', when: "{{ nothing.here }}"'), NOON - HOUR);
    await wake(tenant, NOON);
    expect((await started(tenant)).map(({ state }) => state.current)).toEqual(['FAILED']);
  });

  test('stops after an execution that ended as it says', async () => {
    const tenant = await scheduled(hourly(', stopAfter: [SUCCESS]'), NOON - HOUR);
    await wake(tenant, NOON);
    await vi.waitFor(async () => expect((await row(tenant)).state.disabled).toBe(true), { timeout: 5_000 });
    await wake(tenant, NOON + HOUR);
    expect(await started(tenant)).toHaveLength(1);
  });
});

describe('a lock', () => {
  test('that nobody frees goes when its execution is deleted', async () => {
    const tenant = await scheduled(
      flowWith('hourly', '  - { id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *" }').replace(
        'core.log.Log, message: hi',
        'core.flow.Pause',
      ),
      NOON - HOUR,
    );
    await wake(tenant, NOON);
    const [execution] = await started(tenant);
    assert(execution, 'it has started');
    expect((await row(tenant)).state.lock).toBe(execution.id);
    await wake(tenant, NOON + HOUR);
    expect(await started(tenant)).toHaveLength(1);
    await at(tenant, NOON + 1.5 * HOUR);
    await tenant.execution(execution.id).remove(execution.id, { evenWhileRunning: true, files: false });
    await unlocked(tenant);
  });

  test('is looked into by the sweeper when the word that frees it was lost', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await wake(tenant, NOON);
    await unlocked(tenant);
    const [execution] = await started(tenant);
    await runInDurableObject(tenant.scheduler(), (object, state) => {
      const locked = JSON.stringify({ disabled: false, lock: execution?.id, startedAt: NOON, next: NOON + HOUR });
      state.storage.sql.exec('UPDATE trigger SET state = ?', locked);
      object.now = () => NOON + TRIGGER_LOCK_CHECKED_MS + 1;
    });
    await pokeSchedulers(env, NOON);
    expect((await row(tenant)).state.lock).toBeUndefined();
  });

  test('can be taken away by a person, once', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await runInDurableObject(tenant.scheduler(), (_object, state) => {
      state.storage.sql.exec(
        'UPDATE trigger SET state = ?',
        JSON.stringify({ disabled: false, lock: 'gone', next: NOON }),
      );
    });
    expect(await tenant.scheduler().unlock(HOURLY)).toMatchObject({ ok: true });
    expect(await tenant.scheduler().unlock(HOURLY)).toMatchObject({ ok: false, error: { code: 'illegal_state' } });
  });
});

describe('a backfill', () => {
  test('runs its dates one after the other, with its inputs and labels, and then the schedule goes on', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    const scheduler = tenant.scheduler();
    const request = { start: NOON - 5 * HOUR, end: NOON - 3 * HOUR, labels: [{ key: 'why', value: 'again' }] };
    expect(await scheduler.beginBackfill(HOURLY, JSON.stringify(request))).toMatchObject({ ok: true });
    expect(await scheduler.beginBackfill(HOURLY, JSON.stringify(request))).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
    await vi.waitFor(async () => expect((await row(tenant)).state.backfill).toBeUndefined(), { timeout: 5_000 });
    const dates = (await started(tenant)).map(({ scheduleDate }) => Date.parse(scheduleDate ?? ''));
    expect(dates).toEqual([NOON - 5 * HOUR, NOON - 4 * HOUR, NOON - 3 * HOUR]);
    expect((await started(tenant))[0]?.labels).toContainEqual({ key: 'why', value: 'again' });
    expect((await row(tenant)).wake).toBe(NOON);
  });

  test('over the same dates a second time makes new executions', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    const request = { start: NOON - 3 * HOUR, end: NOON - 3 * HOUR };
    for (const round of [1, 2]) {
      await at(tenant, NOON - HOUR + round);
      await tenant.scheduler().beginBackfill(HOURLY, JSON.stringify(request));
      await vi.waitFor(async () => expect((await row(tenant)).state.backfill).toBeUndefined(), { timeout: 5_000 });
    }
    expect(await started(tenant)).toHaveLength(2);
  });

  test('is paused, continued and deleted', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    const scheduler = tenant.scheduler();
    expect(await scheduler.pauseBackfill(HOURLY, true)).toMatchObject({ ok: false, error: { code: 'illegal_state' } });
    await scheduler.beginBackfill(HOURLY, JSON.stringify({ start: NOON - 3 * HOUR, end: NOON + 9 * HOUR }));
    await scheduler.pauseBackfill(HOURLY, true);
    expect((await row(tenant)).wake).toBeUndefined();
    await scheduler.endBackfill(HOURLY);
    expect((await row(tenant)).state).toMatchObject({ next: NOON });
  });
});

describe('a flow that changes', () => {
  const change = async (tenant: Tenant, source: string | undefined, now: number) => {
    const statement = env.DATA_0.prepare('UPDATE flow_revision SET source = ? WHERE flow_id = ?');
    if (source === undefined) await env.DATA_0.prepare('UPDATE flow_revision SET deleted = 1').run();
    else await statement.bind(source, 'hourly').run();
    await at(tenant, now);
    await tenant.scheduler().flowsChanged(tenant.record, [HOURLY]);
  };

  test('gives its trigger a date from now on, and keeps what a person has disabled', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await change(tenant, hourly(', timezone: Asia/Kolkata'), NOON - HOUR);
    expect((await row(tenant)).wake).toBe(NOON - HOUR / 2);
    await tenant.scheduler().setDisabled(HOURLY, true);
    expect((await row(tenant)).wake).toBeUndefined();
    await change(tenant, hourly(), NOON - HOUR);
    expect((await row(tenant)).state.disabled).toBe(true);
    await tenant.scheduler().setDisabled(HOURLY, false);
    expect((await row(tenant)).wake).toBe(NOON);
  });

  test('loses the triggers that it does not have any more, and all of them when it is deleted', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await change(tenant, undefined, NOON - HOUR);
    expect(await tenant.scheduler().list()).toBe('[]');
  });

  test('is read although nobody said that the change was made', async () => {
    const tenant = await newTenant();
    await storedFlow(tenant, hourly());
    await at(tenant, NOON - HOUR);
    await tenant.scheduler().flowsChanging(tenant.record, [HOURLY]);
    expect(await tenant.scheduler().list()).toBe('[]');
    expect(await runDurableObjectAlarm(tenant.scheduler())).toBe(true);
    expect((await row(tenant)).wake).toBe(NOON);
  });

  test('that is stored with a wrong time zone says so, and others go on', async () => {
    const tenant = await scheduled(hourly(), NOON - HOUR);
    await runInDurableObject(tenant.scheduler(), (_object, state) => {
      const definition = state.storage.sql
        .exec<{ definition: string }>('SELECT definition FROM trigger')
        .one().definition;
      state.storage.sql.exec(
        'UPDATE trigger SET definition = ?, wake = ?',
        definition.replace('"0 * * * *"', '"0 * * * *","timezone":"Asia/Delhi"'),
        NOON,
      );
    });
    await evictDurableObject(tenant.scheduler());
    await wake(tenant, NOON);
    expect((await row(tenant)).error).toContain('Unknown time-zone ID: Asia/Delhi');
  });
});

describe('a Flow trigger', () => {
  const FIRST = `
id: first
namespace: company.team
outputs: [{ id: total, type: INT, value: 7 }]
tasks: [{ id: give, type: io.kestra.plugin.core.debug.Return, format: "from {{ execution.id }}" }]`;
  const listener = (more: string) =>
    flowWith(
      'second',
      `  - { id: on, type: io.kestra.plugin.core.trigger.Flow, ${more} }`,
      'inputs: [{ id: text, type: STRING, required: false }]',
    );
  const SECOND = { namespace: 'company.team', flowId: 'second', triggerId: 'on' };

  async function runFirst(tenant: Tenant, key: string) {
    const flow = await storedFlowOnce(tenant);
    const id = await tenant.executionIdFor(key);
    const answer = await startExecution(tenant, { id, at: Date.now(), flow, inputs: {}, labels: [] }, { wait: true });
    assert(answer.ok, 'the first flow runs');
    return id;
  }

  const stored = new WeakMap<Tenant, ReturnType<typeof storedFlow>>();
  function storedFlowOnce(tenant: Tenant) {
    const known = stored.get(tenant) ?? storedFlow(tenant, FIRST);
    stored.set(tenant, known);
    return known;
  }

  test('starts one execution for each, with its outputs, and hands on the correlation id', async () => {
    const tenant = await scheduled(
      listener('states: [SUCCESS], inputs: { text: "{{ outputs.give.value }} {{ trigger.outputs.total }}" }'),
      Date.now(),
    );
    const id = await runFirst(tenant, 'one');
    await vi.waitFor(async () => expect(await started(tenant, 'second')).toHaveLength(1), { timeout: 5_000 });
    const [execution] = await started(tenant, 'second');
    expect(execution?.inputs).toEqual({ text: `from ${id} 7` });
    expect(execution?.trigger).toMatchObject({
      id: 'on',
      variables: { executionId: id, namespace: 'company.team', flowId: 'first', flowRevision: 1, state: 'SUCCESS' },
    });
    expect(execution?.trigger?.variables).not.toHaveProperty('outputs');
    expect(execution?.labels).toContainEqual({ key: 'system.correlationId', value: id });
  });

  test('starts nothing a second time for the same execution, nor for its own flow', async () => {
    const tenant = await scheduled(listener('states: [SUCCESS]'), Date.now());
    const id = await runFirst(tenant, 'one');
    await vi.waitFor(async () => expect(await started(tenant, 'second')).toHaveLength(1), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await executions.known(tenant, [id])).toEqual(new Set([id])), {
      timeout: 5_000,
    });
    const facts = await runInDurableObject(tenant.scheduler(), (_object, state) =>
      state.storage.sql.exec<{ state: string }>('SELECT state FROM trigger').one(),
    );
    const [taken = ''] = (JSON.parse(facts.state) as { taken: string[] }).taken;
    const fact = {
      id,
      version: Number(taken.split('/')[1]),
      namespace: 'company.team',
      flowId: 'first',
      flowRevision: 1,
      state: 'SUCCESS' as const,
      startAt: 0,
      labels: [],
      originalId: id,
    };
    await tenant.scheduler().executionsSeen(tenant.record, [fact, { ...fact, flowId: 'second', version: 99 }]);
    expect(await started(tenant, 'second')).toHaveLength(1);
  });

  test('waits until a set is complete', async () => {
    const both = `preconditions: { id: both, flows: [{ namespace: company.team, flowId: first, states: [SUCCESS] }, { namespace: company.team, flowId: hourly, states: [SUCCESS] }] }`;
    const tenant = await scheduled(listener(both), NOON - HOUR);
    await add(tenant, hourly(), NOON - HOUR);
    await runFirst(tenant, 'one');
    await vi.waitFor(async () => expect((await row(tenant, SECOND)).state.seen?.set.met).toHaveProperty('flow-0'), {
      timeout: 5_000,
    });
    expect(await started(tenant, 'second')).toEqual([]);
    await wake(tenant, NOON);
    await vi.waitFor(async () => expect(await started(tenant, 'second')).toHaveLength(1), { timeout: 5_000 });
  });

  test('fails an execution when the window closes before the set is complete', async () => {
    const tenant = await scheduled(
      listener(
        'dependsOn: [{ flowId: first }], window: { deadline: "12:00" }, onMiss: { behavior: FAIL, labels: { missed: "yes" } }',
      ),
      NOON - HOUR,
    );
    const { wake: closes } = await row(tenant, SECOND);
    assert(closes !== undefined, 'it waits for the window to close');
    await wake(tenant, closes);
    const [execution] = await started(tenant, 'second');
    expect(execution?.state.current).toBe('FAILED');
    expect(execution?.labels).toContainEqual({ key: 'missed', value: 'yes' });
    expect((await row(tenant, SECOND)).wake).toBe(closes + DAY);
  });
});

describe('a polling trigger', () => {
  test('looks at once, says why it could not, and looks again an interval later', async () => {
    const trigger =
      '  - { id: look, type: io.kestra.plugin.core.http.Trigger, uri: "http://127.0.0.1:1/", interval: PT5M }';
    const tenant = await scheduled(flowWith('watcher', trigger), NOON);
    const { error, wake: next, state } = await row(tenant, { ...HOURLY, flowId: 'watcher', triggerId: 'look' });
    expect(error).toContain('127.0.0.1');
    expect([next, state.lock]).toEqual([NOON + 5 * MINUTE, undefined]);
  });

  const WATCHER = { namespace: 'company.team', flowId: 'watcher', triggerId: 'look' };

  async function price(tenant: Tenant, value: string): Promise<void> {
    const write = {
      namespace: WATCHER.namespace,
      key: 'price',
      type: 'STRING',
      value,
      at: NOON,
      overwrite: true,
    } as const;
    await keyValues.put(tenant, write);
  }

  test('starts one execution for what it sees, and does not look again before that has ended', async () => {
    const tenant = await scheduled(
      flowWith('watcher', '  - { id: look, type: io.kestra.plugin.core.kv.Trigger }'),
      NOON,
    );
    expect(await started(tenant, 'watcher')).toEqual([]);
    await price(tenant, '1');
    await wake(tenant, NOON + MINUTE);
    await wake(tenant, NOON + MINUTE);
    const [execution, ...others] = await started(tenant, 'watcher');
    expect(others).toEqual([]);
    expect(execution?.trigger?.variables).toEqual({
      namespace: 'company.team',
      changes: [{ key: 'price', change: 'CREATED' }],
    });
    await unlocked(tenant, WATCHER);
    await wake(tenant, NOON + 2 * MINUTE);
    expect(await started(tenant, 'watcher')).toHaveLength(1);
  });

  test('forgets nothing that it could not start for, and keeps a log of why', async () => {
    const inputs = ', inputs: { now: "{{ kv(\'rate\') }}" }';
    const trigger = `  - { id: look, type: io.kestra.plugin.core.kv.Trigger, key: price${inputs} }`;
    const source = flowWith('watcher', trigger, 'inputs: [{ id: now, type: STRING, required: false }]');
    const tenant = await scheduled(source, NOON);
    await price(tenant, '1');
    await wake(tenant, NOON + MINUTE);
    await wake(tenant, NOON + 2 * MINUTE);
    expect(await started(tenant, 'watcher')).toEqual([]);
    expect(await tenant.scheduler().lines(WATCHER)).toMatchObject([
      { at: NOON + 2 * MINUTE, message: expect.stringContaining('rate') },
      { at: NOON + MINUTE },
    ]);
    const rate = {
      namespace: WATCHER.namespace,
      key: 'rate',
      type: 'STRING',
      value: '2',
      at: NOON,
      overwrite: true,
    } as const;
    await keyValues.put(tenant, rate);
    await wake(tenant, NOON + 3 * MINUTE);
    expect(await started(tenant, 'watcher')).toHaveLength(1);
  });

  test('keeps the newest lines of its log', async () => {
    const source = flowWith(
      'watcher',
      '  - { id: look, type: io.kestra.plugin.core.http.Trigger, uri: "http://127.0.0.1:1/" }',
    );
    const tenant = await scheduled(source, NOON);
    for (let n = 1; n <= TRIGGER_LOG_LINES_MAX; n++) await wake(tenant, NOON + n * MINUTE);
    const lines = (await tenant.scheduler().lines(WATCHER)) ?? [];
    expect([lines.length, lines[0]?.at]).toEqual([TRIGGER_LOG_LINES_MAX, NOON + TRIGGER_LOG_LINES_MAX * MINUTE]);
  });
});
