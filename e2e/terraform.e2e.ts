/** Terraform itself against its states here. Skipped where there is no `terraform`. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const rondo = inject('rondo');

interface Outcome {
  code: number;
  text: string;
}

interface Project {
  run(...args: string[]): Promise<Outcome>;
  write(value: string, more?: string): Promise<void>;
  directory: string;
  env: NodeJS.ProcessEnv;
}

const BACKEND = 'backend.tf.json';
let count = 0;

/** A directory with a configuration of one resource, whose state is kept under a name of its own. */
async function project({
  url = rondo.url,
  password = rondo.token,
  methods = 'usual',
  backend = true,
}: { url?: string; password?: string; methods?: 'usual' | 'webdav'; backend?: boolean } = {}): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'rondo-terraform-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const address = `${url}/api/v1/${rondo.tenant}/terraform/state/e2e-${process.pid}-${++count}`;
  const settings = {
    address,
    username: 'token',
    retry_wait_min: 1,
    lock_address: methods === 'usual' ? `${address}/lock` : address,
    unlock_address: methods === 'usual' ? `${address}/lock` : address,
    ...(methods === 'usual' && { lock_method: 'PUT', unlock_method: 'DELETE' }),
  };
  const http = JSON.stringify({ terraform: { backend: { http: settings } } });
  const env = {
    ...process.env,
    TF_HTTP_PASSWORD: password,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: '/dev/null',
  };
  const made: Project = {
    directory,
    env,
    run: (...args) =>
      new Promise((resolve) => {
        execFile('terraform', [...args, '-no-color'], { cwd: directory, env }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
        );
      }),
    write: async (value, more = '') => {
      const resource = `resource "terraform_data" "a" {\n input = "${value}"\n ${more}\n}\n`;
      await writeFile(join(directory, 'main.tf'), resource);
    },
  };
  await made.write('one');
  if (backend) await writeFile(join(directory, BACKEND), http);
  return made;
}

async function ready(options?: Parameters<typeof project>[0]): Promise<Project> {
  const made = await project(options);
  expect(await made.run('init', '-input=false')).toMatchObject({ code: 0 });
  return made;
}

const APPLY = ['apply', '-auto-approve', '-input=false'];

/** An apply that is in the middle of making its resource, which takes so many seconds. */
async function applying({ directory, env, write }: Omit<Project, 'run'>, seconds: number) {
  await write('one', `provisioner "local-exec" {\n command = "touch started; sleep ${seconds}"\n }`);
  const process = spawn('terraform', APPLY, { cwd: directory, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => process.once('exit', resolve));
  await expect.poll(() => existsSync(join(directory, 'started')), { timeout: 30_000 }).toBe(true);
  return { process, ended };
}

describe.skipIf(!hasTerraform)('terraform', () => {
  test.each(['usual', 'webdav'] as const)(
    'applies, changes nothing twice, and destroys, with %s methods',
    async (methods) => {
      const { run } = await ready({ methods });
      expect(await run(...APPLY)).toMatchObject({ code: 0, text: expect.stringContaining('1 added') });
      expect(await run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
      expect(await run('state', 'list')).toMatchObject({ code: 0, text: expect.stringContaining('terraform_data.a') });
      expect(await run('destroy', '-auto-approve')).toMatchObject({
        code: 0,
        text: expect.stringContaining('1 destroyed'),
      });
      expect((await run('state', 'list')).text.trim()).toBe('');
    },
  );

  test('lets one of two applies go first, and the other wait', async () => {
    const { run, ...made } = await ready();
    const first = await applying(made, 6);
    const refused = await run('plan', '-lock-timeout=0s');
    expect(refused.text).toMatch(/Error acquiring the state lock[^]*already locked:\s+ID=\S/);
    expect(await run('plan', '-lock-timeout=60s', '-detailed-exitcode')).toMatchObject({ code: 0 });
    expect(await first.ended).toBe(0);
  });

  test('is freed by force-unlock after it was killed', async () => {
    const { run, ...made } = await ready();
    const killed = await applying(made, 20);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const id = /ID=(\S+)/.exec((await run('plan', '-lock-timeout=0s')).text)?.[1] ?? '';
    expect(await run('force-unlock', '-force', id)).toMatchObject({ code: 0 });
    await made.write('two');
    expect(await run(...APPLY)).toMatchObject({ code: 0 });
  });

  test('comes through a server that fails every second call', async () => {
    const url = await flaky(rondo.url);
    const { run } = await ready({ url });
    expect(await run(...APPLY)).toMatchObject({ code: 0 });
    expect(await run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test('brings its local state along, and pushes one again', async () => {
    const local = await project({ backend: false });
    expect(await local.run('init')).toMatchObject({ code: 0 });
    expect(await local.run(...APPLY)).toMatchObject({ code: 0 });
    const { directory, env } = local;
    const remote = await project();
    await copyFile(join(remote.directory, BACKEND), join(directory, BACKEND));
    expect(await local.run('init', '-migrate-state', '-force-copy', '-input=false')).toMatchObject({ code: 0 });
    expect(await local.run('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
    const pulled = spawnSync('terraform', ['state', 'pull'], { cwd: directory, env, encoding: 'utf8' }).stdout;
    await writeFile(join(directory, 'old.tfstate'), pulled);
    await local.write('two');
    expect(await local.run(...APPLY)).toMatchObject({ code: 0 });
    expect(await local.run('state', 'push', '-force', 'old.tfstate')).toMatchObject({ code: 0 });
    expect(await local.run('plan', '-detailed-exitcode')).toMatchObject({ code: 2 });
  });

  test('is told when its password is wrong', async () => {
    const { run } = await project({ password: 'rnd_pat_wrong' });
    expect(await run('init', '-input=false')).toMatchObject({ code: 1, text: expect.stringMatching(/auth/i) });
  });
});

/** A proxy before the server: every second call is answered with 503. */
async function flaky(target: string): Promise<string> {
  let calls = 0;
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    if (++calls % 2 === 0) {
      response.writeHead(503).end();
      return;
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const body = chunks.length === 0 ? undefined : Buffer.concat(chunks);
    const init = { method: request.method, headers: headers as Record<string, string>, body };
    const answer = await fetch(target + request.url, init);
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
