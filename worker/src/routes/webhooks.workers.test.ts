import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import * as secrets from '../db/secrets.ts';
import { configOf } from '../env.ts';
import { BODY_BYTES_MAX } from '../limits.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp, jsonInit } from '../testing/test-app.ts';
import type { Tenant } from '../tenant.ts';

interface Answer {
  id: string;
  url: string;
  state: { current: string };
  trigger: { id: string; type: string; variables: Record<string, unknown> };
  labels: { key: string; value: string }[];
  inputs: Record<string, unknown>;
}

const hook = (more = '', key = 'a-secret-key') => `
id: hook
namespace: company.team
inputs: [{ id: who, type: STRING }, { id: many, type: INT, required: false }]
outputs: [{ id: said, type: STRING, value: "{{ trigger.body.a ?? 'nothing' }}" }]
tasks: [{ id: out, type: io.kestra.plugin.core.debug.Return, format: "{{ trigger | json }}" }]
triggers:
  - { id: call, type: io.kestra.plugin.core.trigger.Webhook, key: "${key}"${more} }`;

const PATH = '/api/v1/acme/executions/webhook/company.team/hook/a-secret-key';

describe('a webhook', () => {
  let app: TestApp;
  let tenant: Tenant;

  beforeEach(async () => {
    app = new TestApp();
    tenant = await app.tenant('acme');
  });

  async function call(
    path = PATH,
    init: RequestInit = {},
  ): Promise<{ status: number; body: Answer; response: Response }> {
    const response = await app.fetch(path, init);
    const text = await response.clone().text();
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Answer, response };
  }

  test('starts an execution without credentials, and shows it what was sent', async () => {
    await storedFlow(tenant, hook());
    const { status, body } = await call(
      `${PATH}?name=john&age=12&age=13`,
      jsonInit('POST', { a: 1 }, { 'X-One': 'two' }),
    );
    expect(status).toBe(200);
    expect(body.trigger).toMatchObject({ id: 'call', type: 'io.kestra.plugin.core.trigger.Webhook' });
    expect(body.trigger.variables).toMatchObject({
      body: { a: 1 },
      headers: { 'x-one': ['two'] },
      parameters: { name: ['john'], age: ['12', '13'] },
    });
    expect(body.url).toContain(`/ui/acme/executions/company.team/hook/${body.id}`);
  });

  test.each([
    ['GET', undefined, null],
    ['PUT', '[{"a":1}]', [{ a: 1 }]],
    ['POST', '{\\"a\\":1}', '{\\"a\\":1}'],
    ['POST', '12', '12'],
    ['POST', 'a=1&b=2', 'a=1&b=2'],
  ])('called by %s with %s has the body %j', async (method, body, wanted) => {
    await storedFlow(tenant, hook());
    const answer = await call(PATH, { method, body });
    expect(answer.body.trigger.variables.body).toEqual(wanted);
  });

  test('sees the rest of its path', async () => {
    await storedFlow(tenant, hook());
    expect((await call(`${PATH}/orders/new`)).body.trigger.variables.path).toBe('orders/new');
  });

  test('answers one and the same 404 whatever does not fit', async () => {
    await storedFlow(tenant, hook(', disabled: true'));
    const paths = [
      PATH,
      PATH.replace('a-secret-key', 'wrong'),
      PATH.replace('/hook/', '/none/'),
      PATH.replace('company.team', 'company.none'),
      PATH.replace('acme', 'nobody'),
    ];
    const answers = await Promise.all(paths.map((path) => app.fetch(path, { method: 'POST' })));
    const bodies = await Promise.all(answers.map(async (answer) => (await answer.json()) as Record<string, unknown>));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    const told = bodies.map(({ instance: _path, requestId: _id, ...rest }) => JSON.stringify(rest));
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('Flow not found');
    expect(told[0]).not.toContain('a-secret-key');
  });

  test('of a disabled flow says so, but only to who knows the key', async () => {
    await storedFlow(tenant, hook(), { disabled: true });
    expect((await call()).status).toBe(409);
    expect((await call(PATH.replace('a-secret-key', 'wrong'))).status).toBe(404);
  });

  test.each(['{{ trigger.body.go }}', '{{ nothing.here }}'])(
    'starts nothing when its condition %s does not hold',
    async (when) => {
      await storedFlow(tenant, hook(`, when: "${when}"`));
      const { status, response } = await call(PATH, jsonInit('POST', { go: false }));
      expect(status).toBe(204);
      expect(await response.text()).toBe('');
    },
  );

  test('has a key that may be a secret', async () => {
    await secrets.put(tenant, configOf(env).secrets, {
      namespace: 'company.team',
      key: 'HOOK',
      value: 'from-the-vault',
      tags: [],
      at: app.now,
    });
    await storedFlow(tenant, hook('', "{{ secret('HOOK') }}"));
    expect((await call(PATH.replace('a-secret-key', 'from-the-vault'))).status).toBe(200);
    expect((await call()).status).toBe(404);
  });

  test('gives inputs and labels that see the call, and is blamed only for inputs that it gives', async () => {
    await storedFlow(
      tenant,
      hook(', inputs: { many: "{{ trigger.body.n }}" }, labels: { from: "{{ trigger.parameters.by[0] }}" }'),
    );
    const good = await call(`${PATH}?by=me`, jsonInit('POST', { n: 3 }));
    expect(good.body.inputs).toEqual({ many: 3 });
    expect(good.body.labels).toContainEqual({ key: 'from', value: 'me' });
    expect((await call(PATH, jsonInit('POST', { n: 'three' }))).status).toBe(422);
  });

  test('starts one execution for a delivery, however often it is sent', async () => {
    await storedFlow(tenant, hook());
    const delivery = { 'X-GitHub-Delivery': '72d3162e' };
    const ids = [
      await call(PATH, jsonInit('POST', {}, delivery)),
      await call(PATH, jsonInit('POST', {}, delivery)),
      await call(),
    ];
    expect(new Set(ids.map(({ body }) => body.id)).size).toBe(2);
  });

  test('that waits answers when the execution has ended, or with its outputs alone', async () => {
    await storedFlow(tenant, hook(', wait: true'));
    expect((await call()).body.state.current).toBe('SUCCESS');
    await storedFlow(tenant, hook(', returnOutputs: true, responseCode: 201').replace('id: hook', 'id: other'));
    const { status, body } = await call(PATH.replace('hook/a', 'other/a'), jsonInit('POST', { a: 'hi' }));
    expect([status, body]).toEqual([201, { said: 'hi' }]);
  });

  test('never answers with something that a browser would run', async () => {
    await storedFlow(tenant, hook(', responseContentType: text/html'));
    const { headers } = (await call()).response;
    expect(headers.get('content-type')).toContain('text/plain');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('refuses a body that is too large', async () => {
    await storedFlow(tenant, hook());
    expect((await call(PATH, { method: 'POST', body: 'x'.repeat(BODY_BYTES_MAX + 1) })).status).toBe(413);
  });
});
