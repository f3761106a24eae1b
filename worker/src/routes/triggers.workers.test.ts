import { describe, expect, test, vi } from 'vitest';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const TRIGGERS = '/api/v1/acme/triggers';
const TYPE = 'io.kestra.plugin.core.trigger.Schedule';
const DAILY = { namespace: 'demo', flowId: 'scheduled', triggerId: 'daily' };
/** Never due while the tests run. */
const RARELY = '0 0 29 2 *';

interface Trigger {
  triggerId: string;
  disabled: boolean;
  locked: boolean;
  nextExecutionDate?: string;
  backfill?: { start: string; end: string; currentDate: string; paused: boolean; labels?: object[]; inputs?: object };
}

async function acme(): Promise<{
  ada: TestPerson;
  viewer: TestPerson;
  operator: TestPerson;
  eve: TestPerson;
  app: TestApp;
}> {
  const app = new TestApp();
  const [ada, viewer] = [await app.person('ada'), await app.person('vic')];
  const [operator, eve] = [await app.person('oda'), await app.person('eve')];
  await app.tenant('acme', { editor: ada, viewer, operator });
  await app.tenant('other', { owner: eve });
  const source = `
id: scheduled
namespace: demo
tasks: [{ id: say, type: io.kestra.plugin.core.log.Log, message: hi }]
triggers:
  - { id: daily, type: ${TYPE}, cron: "${RARELY}", stopAfter: [FAILED] }
  - { id: off, type: ${TYPE}, cron: "${RARELY}", disabled: true }
  - { id: on-flow, type: io.kestra.plugin.core.trigger.Flow, states: [FAILED] }
  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdef }`;
  expect((await ada.fetch('/api/v1/acme/flows', yamlInit('POST', source))).status).toBe(200);
  return { app, ada, viewer, operator, eve };
}

async function read(
  answer: Response | Promise<Response>,
): Promise<Trigger & { count: number; results: Trigger[]; total: number }> {
  return (await answer).json();
}

async function daily(person: TestPerson): Promise<Trigger> {
  const { results } = await read(person.fetch(`${TRIGGERS}/demo/scheduled?q=daily`));
  const [trigger] = results;
  if (trigger === undefined) throw new Error('the trigger is listed');
  return trigger;
}

describe('the list', () => {
  test('of a flow has its triggers in both lines of the API', async () => {
    const { viewer } = await acme();
    const { results, total } = await read(viewer.fetch(`${TRIGGERS}/demo/scheduled`));
    expect(results.map(({ triggerId, disabled }) => [triggerId, disabled])).toEqual([
      ['daily', false],
      ['hook', false],
      ['off', true],
      ['on-flow', false],
    ]);
    expect(total).toBe(4);
    expect(results[0]).toMatchObject({
      ...{
        tenantId: 'acme',
        namespace: 'demo',
        flowId: 'scheduled',
        flowRevision: 1,
        kind: 'SCHEDULE',
        locked: false,
        stopAfter: ['FAILED'],
      },
      nextExecutionDate: expect.stringMatching(/-02-29T00:00:00/),
      nextEvaluationDate: expect.stringMatching(/-02-29T00:00:00/),
    });
    expect(results[2]).not.toHaveProperty('nextExecutionDate');
  });

  test('of a search shows each trigger as its source writes it', async () => {
    const { viewer } = await acme();
    const { results } = await read(viewer.fetch(`${TRIGGERS}/search?q=daily&namespace=demo`));
    expect(results).toMatchObject([
      {
        abstractTrigger: { id: 'daily', type: TYPE, cron: RARELY },
        triggerContext: DAILY,
        trigger: { id: 'daily' },
        state: DAILY,
      },
    ]);
  });

  test('of a search tells no key of a webhook', async () => {
    const { viewer } = await acme();
    const text = await (await viewer.fetch(`${TRIGGERS}/search?q=hook`)).text();
    expect(text).toContain('"key":"******"');
    expect(text).not.toContain('abcdef');
  });

  test.each([
    ['q=scheduled', 4],
    ['namespace=dem', 0],
    ['flowId=scheduled&size=1&page=2', 4],
    ['filters[triggerId][IN]=daily,off', 2],
    ['filters[namespace][NOT_EQUALS]=demo', 0],
  ])('filtered by %s counts %d', async (query, total) => {
    const { viewer } = await acme();
    expect((await read(viewer.fetch(`${TRIGGERS}/search?${query}`))).total).toBe(total);
  });

  test.each(['sort=colour:asc', 'page=0', 'filters[colour][EQUALS]=red'])('refuses %s', async (query) => {
    const { viewer } = await acme();
    const { status } = await viewer.fetch(`${TRIGGERS}/search?${query}`);
    expect([400, 422]).toContain(status);
  });
});

describe('a trigger', () => {
  test('is disabled and enabled, in the words of either line', async () => {
    const { ada } = await acme();
    const old = await read(ada.fetch(TRIGGERS, jsonInit('PUT', { ...DAILY, disabled: true })));
    expect(old).toMatchObject({ disabled: true });
    expect(old).not.toHaveProperty('nextExecutionDate');
    const fresh = await read(ada.fetch(`${TRIGGERS}/set-disabled`, jsonInit('PUT', { ...DAILY, disabled: false })));
    expect(fresh).toMatchObject({ disabled: false, nextExecutionDate: expect.any(String) });
  });

  test('keeps what a person has switched when its flow is saved again', async () => {
    const { ada } = await acme();
    await ada.fetch(TRIGGERS, jsonInit('PUT', { ...DAILY, disabled: true }));
    const source = (await (await ada.fetch('/api/v1/acme/flows/demo/scheduled?source=true')).json<{ source: string }>())
      .source;
    await ada.fetch('/api/v1/acme/flows/demo/scheduled', yamlInit('PUT', `${source}\n# more`));
    expect((await daily(ada)).disabled).toBe(true);
  });

  test('follows its flow: disabled with it, gone with it', async () => {
    const { ada } = await acme();
    const refs = [{ namespace: 'demo', id: 'scheduled' }];
    await ada.fetch('/api/v1/acme/flows/disable/by-ids', jsonInit('POST', refs));
    expect(await daily(ada)).not.toHaveProperty('nextExecutionDate');
    await ada.fetch('/api/v1/acme/flows/enable/by-ids', jsonInit('POST', refs));
    expect(await daily(ada)).toHaveProperty('nextExecutionDate');
    await ada.fetch('/api/v1/acme/flows/demo/scheduled', { method: 'DELETE' });
    expect((await read(ada.fetch(`${TRIGGERS}/search`))).total).toBe(0);
  });

  test('that is not locked cannot be unlocked; it can be restarted and forgotten', async () => {
    const { ada } = await acme();
    const at = `${TRIGGERS}/demo/scheduled/daily`;
    expect((await ada.fetch(`${at}/unlock`, { method: 'POST' })).status).toBe(409);
    expect((await ada.fetch(`${at}/restart`, { method: 'POST' })).status).toBe(200);
    expect((await ada.fetch(at, { method: 'DELETE' })).status).toBe(204);
    expect(await daily(ada)).toMatchObject({ disabled: false });
  });

  test.each([
    ['PUT', '', { namespace: 'demo' }, 422],
    ['PUT', '', { ...DAILY, triggerId: 'none', disabled: true }, 404],
    ['PUT', '/set-disabled', { ...DAILY, disabled: 'yes' }, 422],
    ['PUT', '/backfill/create', DAILY, 422],
    ['PUT', '/backfill/create', { ...DAILY, backfill: { start: 'yesterday' } }, 422],
    [
      'PUT',
      '/backfill/create',
      { ...DAILY, backfill: { start: '2026-01-02T00:00:00Z', end: '2026-01-01T00:00:00Z' } },
      422,
    ],
    ['PUT', '/backfill/create', { ...DAILY, triggerId: 'on-flow', backfill: { start: '2026-01-02T00:00:00Z' } }, 422],
    ['PUT', '/backfill/pause', DAILY, 409],
    ['POST', '/unlock/by-triggers', { triggers: 'all' }, 422],
  ])('%s %s with %j is answered with %d', async (method, path, body, status) => {
    const { ada } = await acme();
    expect((await ada.fetch(TRIGGERS + path, jsonInit(method, body))).status).toBe(status);
  });

  test('that is no JSON is refused', async () => {
    const { ada } = await acme();
    expect((await ada.fetch(TRIGGERS, { method: 'PUT', body: '{' })).status).toBe(422);
  });
});

describe('a backfill', () => {
  const backfill = {
    start: '2020-01-01T00:00:00Z',
    end: '2099-01-01T00:00:00Z',
    labels: { why: 'again' },
    inputs: { a: 1 },
    paused: false,
  };

  test('begins, is refused a second time, paused, continued and deleted', async () => {
    const { ada } = await acme();
    await ada.fetch(TRIGGERS, jsonInit('PUT', { ...DAILY, disabled: true }));
    const begun = await read(ada.fetch(`${TRIGGERS}/backfill/create`, jsonInit('PUT', { ...DAILY, backfill })));
    expect(begun.backfill).toMatchObject({
      start: '2020-01-01T00:00:00.000Z',
      paused: false,
      labels: [{ key: 'why', value: 'again' }],
      inputs: { a: 1 },
    });
    expect((await ada.fetch(`${TRIGGERS}/backfill/create`, jsonInit('PUT', { ...DAILY, backfill }))).status).toBe(409);
    expect((await read(ada.fetch(`${TRIGGERS}/backfill/pause`, jsonInit('PUT', DAILY)))).backfill?.paused).toBe(true);
    expect((await read(ada.fetch(`${TRIGGERS}/backfill/unpause`, jsonInit('PUT', DAILY)))).backfill?.paused).toBe(
      false,
    );
    expect(
      (await read(ada.fetch(TRIGGERS, jsonInit('PUT', { ...DAILY, backfill: { ...backfill, paused: true } })))).backfill
        ?.paused,
    ).toBe(true);
    expect(await read(ada.fetch(`${TRIGGERS}/backfill/delete`, jsonInit('POST', DAILY)))).not.toHaveProperty(
      'backfill',
    );
  });

  test('runs every date up to now, one after the other', async () => {
    const { ada } = await acme();
    const request = { ...DAILY, backfill: { start: '2019-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } };
    expect((await ada.fetch(TRIGGERS, jsonInit('PUT', request))).status).toBe(200);
    await vi.waitFor(
      async () => {
        const executions = await read(ada.fetch('/api/v1/acme/executions/search?flowId=scheduled'));
        expect(executions.total).toBe(2);
        expect(await daily(ada)).not.toHaveProperty('backfill');
      },
      { timeout: 4_500 },
    );
  });
});

describe('many triggers', () => {
  test('are switched by name or by a search, and counted', async () => {
    const { ada } = await acme();
    const keys = [DAILY, { ...DAILY, triggerId: 'none' }];
    expect(
      await read(
        ada.fetch(`${TRIGGERS}/set-disabled/by-triggers`, jsonInit('POST', { triggers: keys, disabled: true })),
      ),
    ).toEqual({ count: 1 });
    expect((await daily(ada)).disabled).toBe(true);
    expect(
      await read(ada.fetch(`${TRIGGERS}/set-disabled/by-query?disabled=false&flowId=scheduled`, { method: 'POST' })),
    ).toEqual({ count: 4 });
    expect((await daily(ada)).disabled).toBe(false);
    expect(await read(ada.fetch(`${TRIGGERS}/unlock/by-triggers`, jsonInit('POST', [DAILY])))).toEqual({ count: 0 });
    expect(await read(ada.fetch(`${TRIGGERS}/delete/by-triggers`, jsonInit('DELETE', [DAILY])))).toEqual({ count: 1 });
  });
});

describe('who may', () => {
  test('look: members; act: operators; nobody else finds anything', async () => {
    const { app, viewer, operator, eve } = await acme();
    const path = `${TRIGGERS}/demo/scheduled/daily/unlock`;
    expect((await app.fetch(`${TRIGGERS}/search`)).status).toBe(401);
    expect((await eve.fetch(`${TRIGGERS}/search`)).status).toBe(404);
    expect((await viewer.fetch(path, { method: 'POST' })).status).toBe(403);
    expect((await operator.fetch(path, { method: 'POST' })).status).toBe(409);
    expect(
      (await operator.fetch(`${TRIGGERS}/set-disabled`, jsonInit('PUT', { ...DAILY, disabled: true }))).status,
    ).toBe(200);
    expect((await viewer.fetch(`${TRIGGERS}/set-disabled`, jsonInit('PUT', { ...DAILY, disabled: true }))).status).toBe(
      403,
    );
  });
});
