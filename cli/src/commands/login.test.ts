import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { readProfiles } from '../settings/profiles.ts';
import { testTerminal } from '../testing/test-terminal.ts';

const env = { XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'rondo-login-')) };

/** Knows one person, whose password is `secret`, and two tokens. */
const server = createServer((request, response) => {
  const { url, headers } = request;
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const isRight =
      url === '/api/v1/login'
        ? body === '{"username":"ada@rondo.test","password":"secret"}'
        : headers.cookie === 'session=s1' || /^Bearer rnd_(given|made)$/.test(headers.authorization ?? '');
    if (!isRight) response.writeHead(401).end('{"detail":"not you"}');
    else if (url === '/api/v1/login') response.setHeader('set-cookie', 'session=s1; HttpOnly; Path=/').end('{}');
    else response.end(url === '/api/v1/me/api-tokens' ? '{"fullToken":"rnd_made"}' : '{"results":[],"total":0}');
  });
});
let url = '';

beforeEach(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(() => void server.close());

test('a token that is piped in is tried and saved', async () => {
  const terminal = testTerminal({ env, input: 'rnd_given\n' });
  expect(await runCli(['login', '--url', `${url}/some/page`, '--tenant', 'acme', '--token', '-'], terminal)).toBe(
    EXIT.ok,
  );
  expect((await readProfiles(env)).profiles['default']).toEqual({ url, tenant: 'acme', token: 'rnd_given' });
});

test('a password is exchanged for a token, and only the token is saved', async () => {
  const answers = ['ada@rondo.test', 'secret'];
  const terminal = { ...testTerminal({ env }), isInteractive: true, ask: async () => answers.shift() ?? '' };
  expect(await runCli(['login', '--url', url, '--profile', 'work'], terminal)).toBe(EXIT.ok);
  expect((await readProfiles(env)).profiles['work']).toEqual({ url, tenant: 'main', token: 'rnd_made' });
});

test('a token that the server refuses is not saved', async () => {
  const before = await readProfiles(env);
  expect(await runCli(['login', '--url', url, '--token', 'rnd_wrong'], testTerminal({ env }))).toBe(
    EXIT.authentication,
  );
  expect(await readProfiles(env)).toEqual(before);
});

test('without a person and without a token says what to give', async () => {
  const terminal = testTerminal({ env });
  expect(await runCli(['login', '--url', url], terminal)).toBe(EXIT.authentication);
  expect(terminal.noted.join('\n')).toContain('give --token');
});
