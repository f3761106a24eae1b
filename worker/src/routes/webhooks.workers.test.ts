import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as secrets from '../db/secrets.ts';
import { configOf } from '../env.ts';
import { BODY_BYTES_MAX } from '../limits.ts';
import { storedFlow } from '../testing/stored-flow.ts';
import { TestApp, jsonInit } from '../testing/test-app.ts';
import { ExecutionFiles } from '../storage.ts';
import type { Tenant } from '../tenant.ts';
import { readBytes } from './webhook-body.ts';

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
    await storedFlow(tenant, hook().replace('id: hook', 'id: paused'));
    await disable('paused');
    const paths = [
      PATH,
      PATH.replace('/hook/', '/paused/'),
      PATH.replace('a-secret-key', 'wrong'),
      PATH.replace('/hook/', '/none/'),
      PATH.replace('company.team', 'company.none'),
      PATH.replace('acme', 'nobody'),
    ];
    const answers = await Promise.all(paths.map((path) => app.fetch(path, { method: 'POST' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    const told = await Promise.all(
      answers.map(async (answer) => (await answer.text()).replaceAll(answer.headers.get('X-Request-Id') ?? '', '…')),
    );
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('Flow not found');
    expect(told[0]).not.toContain('a-secret-key');
  });

  test('that a person has disabled is gone until it is enabled again', async () => {
    await storedFlow(tenant, hook());
    await disable('hook');
    expect((await call()).status).toBe(404);
    await disable('hook', false);
    expect((await call()).status).toBe(200);
  });

  /** As a person does it on the page of the trigger. */
  async function disable(flowId: string, disabled = true): Promise<void> {
    const key = { namespace: 'company.team', flowId };
    await tenant.scheduler().flowsChanged(tenant.record, [key]);
    expect(await tenant.scheduler().setDisabled({ ...key, triggerId: 'call' }, disabled)).toMatchObject({ ok: true });
  }

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

  test('compares keys in constant time', async () => {
    await storedFlow(tenant, hook());
    const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual');
    await call(PATH.replace('a-secret-key', 'wrong'));
    expect(compare).toHaveBeenCalledTimes(1);
    compare.mockRestore();
  });

  describe('that wants a signature', () => {
    const signature = `, signature: { preset: GITHUB, secret: "{{ secret('SIGNER') }}" }`;
    const BODY = 'Hello, World!';
    // Of this body with this secret, from GitHub's documentation.
    const SIGNED = {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };

    beforeEach(async () => {
      const value = "It's a Secret to Everybody";
      const write = { namespace: 'company.team', key: 'SIGNER', value, tags: [], at: app.now };
      await secrets.put(tenant, configOf(env).secrets, write);
      await storedFlow(tenant, hook(signature));
    });

    test('runs for a call that has it', async () => {
      const { status, body } = await call(PATH, { method: 'POST', body: BODY, headers: SIGNED });
      expect([status, body.trigger.variables.body]).toEqual([200, BODY]);
    });

    test('refuses a call without it, and one that was changed on its way', async () => {
      expect((await call(PATH, { method: 'POST', body: BODY })).status).toBe(403);
      expect((await call(PATH, { method: 'POST', body: 'Hello, Moon!', headers: SIGNED })).status).toBe(403);
    });

    test('tells nothing about itself to who does not know the key', async () => {
      const wrong = PATH.replace('a-secret-key', 'wrong');
      expect((await call(wrong, { method: 'POST', body: BODY })).status).toBe(404);
    });

    test('says that its secret is missing, but not which', async () => {
      await storedFlow(tenant, hook(signature.replace('SIGNER', 'NOWHERE')).replace('id: hook', 'id: other'));
      const { status, body } = await call(PATH.replace('hook/a', 'other/a'), { method: 'POST', headers: SIGNED });
      expect(status).toBe(409);
      expect(JSON.stringify(body)).not.toContain('NOWHERE');
    });
  });

  test('repeats the text with which Slack tries a new URL', async () => {
    await storedFlow(tenant, hook(', signature: { preset: SLACK, secret: s3cret }'));
    const body = '{"type":"url_verification","challenge":"3eZbrw1aB"}';
    const time = String(Math.floor(app.now / 1000));
    const key = await crypto.subtle.importKey('raw', bytes('s3cret'), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(`v0:${time}:${body}`)));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const headers = { 'X-Slack-Request-Timestamp': time, 'X-Slack-Signature': `v0=${hex}` };
    const answer = await app.fetch(PATH, { method: 'POST', body, headers });
    expect([answer.status, await answer.text()]).toEqual([200, '3eZbrw1aB']);
  });

  test('gives the fields of a form by their names, beside its text', async () => {
    await storedFlow(tenant, hook());
    const { body } = await call(PATH, { method: 'POST', body: new URLSearchParams('a=1&b=2&a=3') });
    expect(body.trigger.variables).toMatchObject({ body: 'a=1&b=2&a=3', form: { a: ['1', '3'], b: ['2'] } });
  });

  test('keeps the files of a form with the execution', async () => {
    await storedFlow(tenant, hook());
    const form = new FormData();
    form.append('note', 'two files');
    form.append('scan', new File(['one'], 'page.txt', { type: 'text/plain' }));
    form.append('scan', new File(['three'], 'page.txt', { type: 'text/plain' }));
    const { body } = await call(PATH, { method: 'POST', body: form });
    const { form: fields, files, body: nothing } = body.trigger.variables;
    expect([nothing, fields]).toEqual([null, { note: ['two files'] }]);
    expect(files).toMatchObject([
      { field: 'scan', name: 'page.txt', contentType: 'text/plain', size: 3 },
      { field: 'scan', name: 'page.txt', size: 5 },
    ]);
    expect(await Promise.all((files as { uri: string }[]).map(({ uri }) => contentOf(uri, body.id)))).toEqual([
      'one',
      'three',
    ]);
  });

  test('keeps a body that is neither text nor JSON as a file', async () => {
    await storedFlow(tenant, hook());
    const headers = { 'Content-Type': 'image/png', 'Content-Disposition': 'attachment; filename="dot.png"' };
    const { body } = await call(PATH, { method: 'POST', body: new Uint8Array([0x89, 0x50, 0xff]), headers });
    expect(body.trigger.variables).toMatchObject({
      body: null,
      files: [{ name: 'dot.png', contentType: 'image/png', size: 3, field: '' }],
    });
  });

  test('refuses a form that is none', async () => {
    await storedFlow(tenant, hook());
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    expect((await call(PATH, { method: 'POST', body: 'nonsense', headers })).status).toBe(422);
  });

  test('reads no more than it may, whatever length was declared', async () => {
    const chunk = new Uint8Array(1024);
    let read = 0;
    const endless = new ReadableStream({
      pull(controller) {
        read++;
        controller.enqueue(chunk);
      },
    });
    const request = new Request('https://rondo.test', { method: 'POST', body: endless });
    await expect(readBytes(request, 4096)).rejects.toMatchObject({ code: 'too_large' });
    expect(read).toBeLessThan(20);
  });

  async function contentOf(uri: string, executionId: string): Promise<string> {
    const place = { namespace: 'company.team', flowId: 'hook', executionId };
    const { body } = await new ExecutionFiles(tenant.files, place).get(uri);
    return new Response(body).text();
  }

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

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
