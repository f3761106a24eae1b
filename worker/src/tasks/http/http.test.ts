import { describe, expect, test } from 'vitest';
import { memoryWorld } from '../../testing/edge-context.ts';
import type { MemoryWorld } from '../../testing/edge-context.ts';
import { download } from './download.ts';
import { request } from './request.ts';

interface Sent {
  url: string;
  init: RequestInit;
}

/** A world in which every request is answered alike. */
function answering(answer: () => Response): MemoryWorld & { sent: Sent[] } {
  const sent: Sent[] = [];
  const world = memoryWorld({
    fetch: async (input, init = {}) => {
      sent.push({ url: String(input), init: init as RequestInit });
      return answer();
    },
  });
  return { ...world, sent };
}

const hello = () => new Response('hello', { headers: { 'X-Count': '1', 'content-type': 'text/plain' } });

describe('core.http.Request', () => {
  const run = (world: MemoryWorld, properties: object) =>
    request.run(request.input.parse({ uri: 'https://example.com/a', ...properties }), world.context);

  test('gives the body as a text and headers as lists by their lower-case names', async () => {
    const world = answering(hello);
    expect(await run(world, {})).toMatchObject({ code: 200, body: 'hello', headers: { 'x-count': ['1'] } });
    expect(world.sent[0]).toMatchObject({ url: 'https://example.com/a', init: { method: 'GET', redirect: 'follow' } });
  });

  test('sends query, headers, body and credentials', async () => {
    const world = answering(hello);
    await run(world, {
      method: 'post',
      params: { q: 'a b', list: [1, 2] },
      headers: { X: '1' },
      body: '{}',
      contentType: 'application/json',
      options: { auth: { type: 'BASIC', username: 'me', password: 'pä' }, followRedirects: false },
    });
    const [{ url, init } = { url: '', init: {} }] = world.sent;
    expect(url).toBe('https://example.com/a?q=a+b&list=1&list=2');
    expect(init).toMatchObject({ method: 'POST', body: '{}', redirect: 'manual' });
    const headers = new Headers(init.headers);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('authorization')).toBe(`Basic ${Buffer.from('me:pä').toString('base64')}`);
  });

  test('sends a form, with stored files when it is a multipart one', async () => {
    const world = answering(hello);
    const { uri } = await world.context.storage.put('a.csv', 'content');
    await run(world, { method: 'POST', formData: { a: 'b', n: 1 } });
    expect(String(world.sent[0]?.init.body)).toBe('a=b&n=1');
    await run(world, {
      method: 'POST',
      contentType: 'multipart/form-data',
      formData: { a: 'b', file: uri, named: { name: 'x.csv', content: uri } },
    });
    const form = world.sent[1]?.init.body as FormData;
    expect(form.get('a')).toBe('b');
    expect([(form.get('file') as File).name, (form.get('named') as File).name]).toEqual(['a.csv', 'x.csv']);
    expect(await (form.get('named') as File).text()).toBe('content');
    expect(new Headers(world.sent[1]?.init.headers).has('content-type')).toBe(false);
  });

  test('fails for a status of 400 and above, with the answer in its outputs', async () => {
    const teapot = () => new Response('short and stout', { status: 418 });
    await expect(run(answering(teapot), {})).rejects.toMatchObject({
      message: expect.stringContaining("response code '418'"),
      outputs: { code: 418, body: 'short and stout' },
    });
    const silent = () => new Response(null, { status: 500, statusText: 'Internal Server Error' });
    await expect(run(answering(silent), {})).rejects.toThrow('Internal Server Error');
    expect(await run(answering(teapot), { allowFailed: true })).toMatchObject({ code: 418 });
    expect(await run(answering(teapot), { options: { allowFailed: 'true' } })).toMatchObject({ code: 418 });
    expect(await run(answering(teapot), { options: { allowedResponseCodes: [418] } })).toMatchObject({ code: 418 });
    await expect(run(answering(hello), { options: { allowedResponseCodes: [201] } })).rejects.toThrow("'200'");
  });

  test('refuses what is no text, what is too long, and what is no address', async () => {
    await expect(
      run(
        answering(() => new Response(new Uint8Array([0xff, 0xfe, 0xfd]))),
        {},
      ),
    ).rejects.toThrow('no valid text');
    await expect(run(answering(hello), { options: { maxContentLength: 3 } })).rejects.toThrow('longer than 3 bytes');
    await expect(run(answering(hello), { uri: 'file:///etc/passwd' })).rejects.toThrow('Invalid uri');
    await expect(run(memoryWorld(), {})).rejects.toThrow('Request to https://example.com failed: nothing answers');
  });

  test('reads other character sets', async () => {
    const latin = () =>
      new Response(new Uint8Array([0xe9]), { headers: { 'content-type': 'text/plain; charset=ISO-8859-1' } });
    expect(await run(answering(latin), {})).toMatchObject({ body: 'é' });
  });
});

describe('core.http.Download', () => {
  const run = (world: MemoryWorld, properties: object = {}) =>
    download.run(download.input.parse({ uri: 'https://example.com/files/data.csv?x=1', ...properties }), world.context);

  test('stores the body under the name of the address, or what the answer calls it', async () => {
    const world = answering(hello);
    expect(await run(world)).toMatchObject({ uri: 'kestra:///task/0/data.csv', length: 5, code: 200 });
    expect(world.stored.get('kestra:///task/0/data.csv')).toBe('hello');
    const named = answering(
      () => new Response('x', { headers: { 'content-disposition': 'attachment; filename="../../etc/pass wd"' } }),
    );
    expect(await run(named)).toMatchObject({ uri: 'kestra:///task/0/pass wd' });
  });

  test('fails for nothing, unless that is fine', async () => {
    const empty = () => new Response(null, { status: 204 });
    await expect(run(answering(empty))).rejects.toThrow('No response body');
    expect(await run(answering(empty), { failOnEmptyResponse: false })).toMatchObject({ length: 0, code: 204 });
  });

  test('fails when less came than was announced', async () => {
    await expect(run(answering(() => new Response('hello', { headers: { 'content-length': '9' } })))).rejects.toThrow(
      'got 5 bytes, expected 9',
    );
  });
});
