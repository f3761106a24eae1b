/** What the simulator found: messages that the platform lost must not leave an execution behind. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import * as executions from '../db/executions.ts';
import { ALARM_LATE_MS_MAX } from '../limits.ts';
import { assert } from '../result.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp } from '../testing/test-app.ts';
import { startExecution } from './start-execution.ts';

const flowOf = (more: string, pause: string) => `
id: waits
namespace: company.team
${more}
tasks:
  - { id: wait, type: core.flow.Pause${pause} }
`;

test('an execution that never heard of its slot asks again when the sweeper looks', async () => {
  const tenant = await new TestApp().tenant('acme');
  const flow = await storedFlow(tenant, flowOf('concurrency: { limit: 1 }', ''));
  const [first, second] = [await tenant.executionIdFor('first'), await tenant.executionIdFor('second')];
  for (const id of [first, second]) {
    await startExecution(tenant, { id, at: Date.now(), flow, inputs: {}, labels: [] });
    await expect.poll(() => tenant.execution(id).states([id])).not.toEqual(['CREATED']);
  }
  expect(await tenant.execution(second).states([second])).toEqual(['QUEUED']);
  await runInDurableObject(tenant.flow('company.team', 'waits'), (_, { storage }) => {
    storage.sql.exec('DELETE FROM waiting');
    storage.sql.exec('UPDATE slot SET execution = ?', second);
  });
  await tenant.execution(second).wake(tenant.record, [second]);
  await expect.poll(() => tenant.execution(second).states([second])).toEqual(['PAUSED']);
});

test('an alarm that was lost is set again by whoever uses the object next', async () => {
  const tenant = await new TestApp().tenant('acme');
  const flow = await storedFlow(tenant, flowOf('', ', pauseDuration: PT1H'));
  const id = await tenant.executionIdFor('sleeper');
  const start = { id, at: Date.now(), flow, inputs: {}, labels: [] };
  const started = await startExecution(tenant, start, { wait: true });
  assert(started.ok, 'the execution starts');
  const later = Date.now() + 3_600_000 + 2 * ALARM_LATE_MS_MAX;
  await runInDurableObject(tenant.execution(id), async (object, { storage }) => {
    await object.alarm(); // only the pause is due from now on
    await storage.deleteAlarm();
    object.now = () => later;
    await object.act(id, JSON.stringify({ type: 'set-labels', labels: [] }));
    expect(await storage.getAlarm()).toBeNull();
    await object.act(id, JSON.stringify({ type: 'kill' }));
    expect(await storage.getAlarm()).toBeLessThanOrEqual(later);
  });
});

test('an execution that cannot be read does not keep the others of its object out of the index', async () => {
  const tenant = await new TestApp().tenant('acme');
  const flow = await storedFlow(tenant, flowOf('', ''));
  const broken = tenant.newExecutionId(new Uint8Array(30));
  const whole = tenant.newExecutionId(new Uint8Array(30).fill(0, 0, 2).fill(7, 2));
  await runInDurableObject(tenant.execution(whole), (_, { storage }) => {
    storage.sql.exec(
      "INSERT INTO execution (id, due, outside, version, outbox, head) VALUES (?, NULL, 0, 1, '[]', 'no JSON')",
      broken,
    );
    storage.sql.exec("INSERT INTO shard (key, value) VALUES ('news', ?)", broken);
    storage.sql.exec("INSERT INTO shard (key, value) VALUES ('tenant', ?)", JSON.stringify(tenant.record));
  });
  await evictDurableObject(tenant.execution(whole));
  await startExecution(tenant, { id: whole, at: Date.now(), flow, inputs: {}, labels: [] });
  await expect.poll(() => executions.known(tenant, [whole]), { timeout: 5_000 }).toEqual(new Set([whole]));
});
