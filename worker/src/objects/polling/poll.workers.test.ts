import { env } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { EdgeAnswer, EdgeCall } from '../../edge/edge-call.ts';
import { configOf } from '../../env.ts';
import { assert } from '../../result.ts';
import { storedFlow } from '../../testing/stored-flow.ts';
import { TestApp } from '../../testing/test-app.ts';
import { flowWorld } from '../trigger-world.ts';
import { poll, pollRule } from './poll.ts';

const NOW = Date.UTC(2026, 10, 21, 12); // a Saturday

/** Looks once with this trigger; `answer` is what the URL answers. */
async function look(trigger: string, answer: Partial<EdgeAnswer>) {
  const tenant = await new TestApp().tenant(`t-${crypto.randomUUID()}`);
  const flow = await storedFlow(
    tenant,
    `
id: watcher
namespace: company.team
variables: { host: example.com }
tasks: [{ id: say, type: io.kestra.plugin.core.log.Log, message: hi }]
triggers: [{ id: look, ${trigger} }]`,
  );
  const [definition] = flow.triggers;
  assert(definition, 'the flow has a trigger');
  const calls: EdgeCall[] = [];
  const edge = {
    async run(call: EdgeCall) {
      calls.push(call);
      return JSON.stringify({ state: 'SUCCESS', lines: [], metrics: [], ...answer });
    },
  };
  const executionId = await tenant.executionIdFor('look');
  const world = flowWorld(tenant, configOf(env), flow, () => NOW);
  const sight = await poll({ trigger: definition, flow, world, tenant, edge, now: NOW, executionId });
  return { sight, calls, rule: pollRule(definition, 'UTC') };
}

const HTTP = 'type: io.kestra.plugin.core.http.Trigger, uri: "https://{{ vars.host }}/health"';
const found = (code: number, body = '') => ({
  outputs: { uri: 'https://example.com/health', code, headers: {}, body },
});

describe('http.Trigger', () => {
  test('asks its URL, rendered, and hands the answer over', async () => {
    const { sight, calls } = await look(HTTP, found(200, 'fine'));
    expect(JSON.parse(calls[0]?.input ?? '')).toMatchObject({ uri: 'https://example.com/health', method: 'GET' });
    expect(sight).toEqual({ ok: true, value: { variables: found(200, 'fine').outputs } });
  });

  test('fires for statuses below 400 when it has no condition', async () => {
    expect((await look(HTTP, found(399))).sight).toMatchObject({ ok: true, value: { variables: { code: 399 } } });
    expect((await look(HTTP, found(404))).sight).toEqual({ ok: true, value: {} });
  });

  test.each([
    ['{{ response.statusCode == 404 }}', true],
    ['{{ response.body.ready }}', true],
    ['{{ response.body.count > 7 }}', false],
  ])('with the condition %s fires: %s', async (condition, fires) => {
    const { sight } = await look(`${HTTP}, responseCondition: "${condition}"`, found(404, '{"ready":true,"count":7}'));
    expect(sight.ok && sight.value.variables !== undefined).toBe(fires);
  });

  test('says why it could not ask', async () => {
    const lines = [{ at: 0, level: 'ERROR' as const, message: 'the host is not public' }];
    expect((await look(HTTP, { state: 'FAILED', lines })).sight).toEqual({
      ok: false,
      error: 'the host is not public',
    });
    expect((await look(`${HTTP}, responseCondition: "{{ nothing.here }}"`, found(200))).sight).toMatchObject({
      ok: false,
    });
  });

  test('does not ask when its conditions rule it out, and fails an execution when they cannot be evaluated', async () => {
    const weekday = await look(
      `${HTTP}, conditions: [{ type: io.kestra.plugin.core.condition.DayWeek, dayOfWeek: MONDAY }]`,
      found(200),
    );
    expect([weekday.sight, weekday.calls]).toEqual([{ ok: true, value: {} }, []]);
    const broken = await look(`${HTTP}, when: "{{ nothing.here }}"`, found(200));
    expect(broken.sight).toMatchObject({ ok: true, value: { failed: expect.stringContaining('nothing') } });
  });

  test('asks again an interval later', async () => {
    expect((await look(HTTP, found(200))).rule.timetable.next(NOW)).toBe(NOW + 60_000);
    expect((await look(`${HTTP}, interval: PT5M`, found(200))).rule.timetable.next(NOW)).toBe(NOW + 300_000);
    expect((await look(`${HTTP}, interval: PT0S`, found(200))).rule.timetable.next(NOW)).toBe(NOW + 1_000);
  });
});

test('a polling trigger that is not available here says so', async () => {
  const trigger = 'type: io.kestra.plugin.scripts.shell.ScriptTrigger, exitCondition: exit 0, script: "true"';
  expect((await look(trigger, {})).sight).toEqual({ ok: false, error: expect.stringContaining('not available') });
});
