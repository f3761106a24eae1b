/** `npm start` itself: what it says, what it refuses, and that it leaves nothing behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { birthOf } from '../cli/dev/process.ts';
import { freePort, ROOT } from '../cli/dev/settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'rondo-start-'));
const state = join(directory, 'state');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Start {
  child: ChildProcess;
  printed(): string;
  ready(): Promise<void>;
  ended: Promise<number | null>;
}

function start(env: Record<string, string>): Start {
  const child = spawn(process.execPath, [join(ROOT, 'cli/dev/start.ts')], { env: { ...process.env, ...env } });
  let text = '';
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const ready = new Promise<void>((done) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Rondo is ready.')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const tooEarly = async () => {
    await ended;
    throw new Error(text);
  };
  return { child, printed: () => text, ready: () => Promise.race([ready, tooEarly()]), ended };
}

function lock(): { children: { pid: number }[] } {
  return JSON.parse(readFileSync(join(state, 'lock.json'), 'utf8'));
}

describe('npm start', () => {
  test('on a fresh directory makes a tenant, prints how to get in, refuses a second start, and stops with everything it started', async () => {
    const port = String(await freePort());
    const rondo = start({ RONDO_PORT: port, RONDO_STATE: state });
    await rondo.ready();
    const block = rondo.printed();
    expect(block).toContain(`http://127.0.0.1:${port}`);
    const token = /API token +(\S+)/.exec(block)?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/main/flows/search`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html');
    expect(statSync(join(state, 'credentials.json')).mode & 0o777).toBe(0o600);

    const second = start({ RONDO_PORT: '0', RONDO_STATE: state });
    expect(await second.ended).toBe(1);
    expect(second.printed()).toMatch(/error: Rondo already runs on .* at http/);

    const { children } = lock();
    expect(children).toHaveLength(2);
    rondo.child.kill('SIGINT');
    expect(await rondo.ended).toBe(0);
    expect(children.map(({ pid }) => birthOf(pid))).toEqual([undefined, undefined]);
  });

  test('again on the same directory prints the same credentials; killed, it is cleaned up by the next start', async () => {
    const env = { RONDO_PORT: String(await freePort()), RONDO_STATE: state, RONDO_RUNNER: 'off' };
    const { token } = JSON.parse(readFileSync(join(state, 'credentials.json'), 'utf8'));
    const killed = start(env);
    await killed.ready();
    expect(killed.printed()).toContain(token);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const next = start(env);
    await next.ready();
    expect(next.printed()).toContain(token);
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });

  test('says in a sentence that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const rondo = start({ RONDO_PORT: port, RONDO_STATE: join(directory, 'busy') });
    expect(await rondo.ended).toBe(1);
    expect(rondo.printed()).toBe(
      `error: port ${port} is in use\n  → stop what listens there, or choose another port with RONDO_PORT\n`,
    );
    other.close();
  });

  test.each([
    ['a port that is none', { RONDO_PORT: 'eighty' }, 'RONDO_PORT=eighty is not a port'],
    ['a state directory that is a file', { RONDO_PORT: '0', RONDO_STATE: join(directory, 'file') }, 'cannot be used'],
  ])('refuses %s', async (_what, env, sentence) => {
    writeFileSync(join(directory, 'file'), '');
    const rondo = start(env);
    expect(await rondo.ended).toBe(1);
    expect(rondo.printed()).toContain(sentence);
  });
});
