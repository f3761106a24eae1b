import { env, runInDurableObject } from 'cloudflare:test';
import { expect, test, vi } from 'vitest';
import * as executions from '../db/executions.ts';
import { SWEEP_SILENCE_MS } from '../limits.ts';
import { startExecution } from '../objects/start-execution.ts';
import { assert } from '../result.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import { sweep } from './sweep.ts';

const SLEEPS = `
id: sleeps
namespace: company.team
tasks:
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT1M
`;

test('an execution whose alarm was lost goes on', async () => {
  const tenant = await new TestApp().tenant('acme');
  const flow = await storedFlow(tenant, SLEEPS);
  const id = await tenant.executionIdFor('sleeper');
  const stub = tenant.execution(id);
  const started = await startExecution(tenant, { id, at: Date.now(), flow, inputs: {}, labels: [] }, { wait: true });
  assert(started.ok, 'the execution starts');
  await vi.waitFor(
    async () => expect(await executions.unfinished(env.DATA_0, Number.MAX_SAFE_INTEGER, 5)).toHaveLength(1),
    { timeout: 5_000 },
  );
  const later = Date.now() + SWEEP_SILENCE_MS + 60_000;
  await runInDurableObject(stub, async (object, state) => {
    object.now = () => later;
    await state.storage.deleteAlarm();
  });
  await sweep(env, later);
  expect(await stub.states([id])).toEqual(['SUCCESS']);
});

test('an execution that has ended is left alone', async () => {
  const tenant = await new TestApp().tenant('acme');
  const fact = {
    ...{ id: 'A', version: 1, namespace: 'a', flowId: 'b', flowRevision: 1 },
    ...{ labels: [], originalId: 'A', startAt: 1 },
  };
  await executions.record(env.DATA_0, [
    { ...fact, tenant: tenant.key, state: 'SUCCESS', endAt: 2 },
    { ...fact, tenant: tenant.key, id: 'B', state: 'RUNNING' },
  ]);
  expect(await executions.unfinished(env.DATA_0, 10, 5)).toEqual([{ tenant: tenant.key, id: 'B' }]);
});

test('an execution that the index takes for unfinished although it is over or gone is put right', async () => {
  const tenant = await new TestApp().tenant('acme');
  const flow = await storedFlow(tenant, SLEEPS.replace(/type: .*Pause\n.*/, 'type: core.debug.Return'));
  const [ended, gone] = [await tenant.executionIdFor('ended'), await tenant.executionIdFor('gone')];
  const started = await startExecution(tenant, { id: ended, at: 1, flow, inputs: {}, labels: [] }, { wait: true });
  assert(started.ok, 'the execution runs');
  const states = async () => {
    const { results } = await env.DATA_0.prepare('SELECT id, state FROM execution ORDER BY id').all();
    return results;
  };
  const indexed = { timeout: 8_000, interval: 200 };
  await vi.waitFor(async () => expect(await states()).toEqual([{ id: ended, state: 'SUCCESS' }]), indexed);
  await env.DATA_0.prepare(`UPDATE execution SET version = 0, state = 'RUNNING', end_at = NULL`).run();
  const fact = { version: 1, namespace: 'company.team', flowId: 'sleeps', flowRevision: 1, labels: [], startAt: 1 };
  const late = { ...fact, state: 'RUNNING' as const };
  await executions.record(env.DATA_0, [
    { ...late, id: gone, originalId: gone, tenant: tenant.key },
    { ...late, id: gone, originalId: gone, tenant: tenant.key + 1 },
  ]);
  await sweep(env, SWEEP_SILENCE_MS + 60_000);
  await vi.waitFor(async () => expect(await states()).toEqual([{ id: ended, state: 'SUCCESS' }]), indexed);
});
