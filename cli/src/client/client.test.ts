/** Against a real server on a loopback port: what goes over the wire, and how failures read. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { collect } from '../testing/collect.ts';
import { testTerminal } from '../testing/test-terminal.ts';
import { Client } from './client.ts';
import { followExecution } from './executions.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function serve(handler: Handler): Promise<Client> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new Client({ url: `http://127.0.0.1:${port}`, tenant: 'acme', token: 'rnd_t' });
}

function shell({ connection: { url, tenant, token } }: Client) {
  return testTerminal({
    env: { RONDO_URL: url, RONDO_TENANT: tenant, RONDO_TOKEN: token, XDG_CONFIG_HOME: '/nonexistent' },
  });
}

const execution = (current: string) =>
  JSON.stringify({ id: 'KkNz', namespace: 'acme.demo', flowId: 'hello', state: { current }, outputs: { big: 0 } });

describe('the client', () => {
  test('asks below the tenant, with the token', async () => {
    const seen: unknown[] = [];
    const client = await serve((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.end('{"n": 12345678901234567890}');
    });
    expect(await client.call('GET', 'flows/search', { query: { q: 'a b', labels: ['x:1', 'y:2'] } })).toEqual({
      n: 12345678901234567890n,
    });
    expect(seen).toEqual(['/api/v1/acme/flows/search?q=a+b&labels=x%3A1&labels=y%3A2', 'Bearer rnd_t']);
  });

  test('reads a problem aloud: what, where, remedy', async () => {
    const client = await serve((_request, response) => {
      const problem = {
        title: 'Invalid Flow',
        detail: 'the flow has 1 error',
        code: 'invalid_flow',
        errors: [{ detail: 'must not be null', pointer: 'tasks[0].message', line: 4, column: 5 }],
      };
      response.writeHead(422, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    });
    const terminal = shell(client);
    expect(await runCli(['run', 'acme.demo/hello'], terminal)).toBe(EXIT.error);
    expect(terminal.noted[0]?.split('\n')).toEqual([
      'error: the flow has 1 error (invalid_flow, 422)',
      '  line 4, column 5: tasks[0].message: must not be null',
      '  asked: POST /api/v1/acme/executions/acme.demo/hello',
    ]);
  });

  test('a refused token has its own exit code and remedy', async () => {
    const client = await serve(
      (_request, response) => void response.writeHead(401).end('{"detail":"the token has expired"}'),
    );
    const terminal = shell(client);
    expect(await runCli(['logs', 'KkNz'], terminal)).toBe(EXIT.authentication);
    expect(terminal.noted[0]).toContain('the token has expired');
    expect(terminal.noted[0]).toContain('rondo login');
  });

  test('an unreachable server is named with the reason', async () => {
    const client = await serve(() => undefined);
    closing.splice(0).forEach((close) => close());
    const terminal = shell(client);
    expect(await runCli(['logs', 'KkNz'], terminal)).toBe(EXIT.error);
    expect(terminal.noted[0]).toMatch(/cannot reach http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  test('follows an execution across a dropped connection until the server says that it is over', async () => {
    let connections = 0;
    const client = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      connections += 1;
      if (connections === 1) response.end(`id: start\ndata: ${execution('RUNNING')}\n\n`);
      else response.end(`id: start\ndata: ${execution('RUNNING')}\n\nid: end\ndata: ${execution('SUCCESS')}\n\n`);
    });
    const seen = await collect(followExecution(client, 'KkNz', AbortSignal.timeout(10_000)));
    expect(seen.map(({ state }) => state.current)).toEqual(['RUNNING', 'RUNNING', 'SUCCESS']);
  });

  test.each([
    ['SUCCESS', EXIT.ok],
    ['FAILED', EXIT.executionFailed],
    ['WARNING', EXIT.executionWarning],
    ['KILLED', EXIT.executionKilled],
  ])('run --wait: an execution that ends %s gives exit code %i', async (state, exitCode) => {
    const client = await serve((request, response) => {
      if (request.url?.endsWith('/follow') === true) response.end(`id: end\ndata: ${execution(state)}\n\n`);
      else response.end(execution(state));
    });
    const terminal = shell(client);
    expect(await runCli(['run', 'acme.demo/hello', '--wait', '--json'], terminal)).toBe(exitCode);
    expect(terminal.printed.join('')).toContain(`"current": "${state}"`);
  });

  test('run --timeout gives up with exit code 124 and leaves the execution alone', async () => {
    const client = await serve((request, response) => {
      if (request.url?.endsWith('/follow') === true) response.write(`id: start\ndata: ${execution('RUNNING')}\n\n`);
      else response.end(execution('RUNNING'));
    });
    const terminal = shell(client);
    expect(await runCli(['run', 'acme.demo/hello', '--wait', '--timeout', '0.2'], terminal)).toBe(EXIT.timeout);
    expect(terminal.noted.at(-1)).toBe('the execution has not ended yet; it goes on without us');
  });

  test('run sends inputs as form parts, files with their names, and labels in the query', async () => {
    let body = '';
    let url: string | undefined;
    const client = await serve(async (request, response) => {
      url = request.url;
      body = await text(request);
      response.end(execution('CREATED'));
    });
    const file = new URL('../exit-codes.ts', import.meta.url).pathname;
    await runCli(
      ['run', 'acme.demo/hello', '-i', 'name=Ada=1', '-i', 'at=@@home', '-i', `report=@${file}`, '-l', 'team:data'],
      shell(client),
    );
    expect(url).toBe('/api/v1/acme/executions/acme.demo/hello?labels=team%3Adata');
    expect(body).toMatch(/name="name"\r\n\r\nAda=1\r\n/);
    expect(body).toMatch(/name="at"\r\n\r\n@home\r\n/);
    expect(body).toMatch(/name="report"; filename="exit-codes.ts"/);
  });
});
