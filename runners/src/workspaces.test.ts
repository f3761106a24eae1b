import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ProtocolServer } from './testing/protocol-server.ts';
import type { Ended, TestJob } from './testing/protocol-server.ts';
import { RunnerProcess } from './testing/runner-process.ts';

// Each program takes a second to start, more on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let server: ProtocolServer;
let runner: RunnerProcess;
let jobs = 0;

// One slot: the jobs in a directory need none of their own.
beforeAll(async () => {
  server = await ProtocolServer.start();
  runner = await RunnerProcess.start(server, ['--allow-process', '--slots', '1']);
});
afterAll(async () => {
  await runner.stop();
  server.stop();
});

type Spec = TestJob['spec'];

/** A job that keeps a directory, as the server sees it. */
class Directory {
  readonly jobId = `dir-${++jobs}`;
  readonly ended: Promise<Ended>;
  readonly #server: ProtocolServer;

  constructor(more: Partial<Spec> = {}, on = server) {
    this.#server = on;
    this.ended = on.run({ jobId: this.jobId, spec: { work: { kind: 'workspace' }, ...more } });
  }

  run(spec: Spec, jobId = `in-${++jobs}`): Promise<Ended> {
    return this.#server.run({ jobId, spec, workspace: this.jobId });
  }

  lines(...commands: string[]): Promise<Ended> {
    return this.run(shell(...commands));
  }

  close(end: 'SUCCESS' | 'FAILED' = 'SUCCESS'): Promise<Ended> {
    this.#server.close(this.jobId, end);
    return this.ended;
  }
}

function shell(...commands: string[]): Spec {
  return { work: { kind: 'commands', commands }, taskRunner: { type: 'process' } };
}

const said = ({ logs }: Ended) => logs.map(({ message }) => message);

describe('the jobs in one directory', () => {
  test('find the files of those before them, and have outputs and logs of their own', async () => {
    const directory = new Directory({ inputFiles: { 'in.txt': 'given' } });
    expect(said(await directory.lines('cat in.txt', 'echo hello > out.txt'))).toEqual(['given']);
    const second = await directory.lines('cat out.txt', `echo '{"outputs":{"a":1}}' >> "$RONDO_OUTPUT"`);
    expect(second).toMatchObject({ state: 'SUCCESS', outputs: { vars: { a: 1 } } });
    expect(said(second)).toEqual(['hello']);
    expect((await directory.lines('true')).outputs).toMatchObject({ vars: {} });
    expect(await directory.close()).toMatchObject({ state: 'SUCCESS', outputs: { outputFiles: {} } });
    expect(runner.workspaces).toEqual([]);
  });

  test('give back what the directory keeps, also after a failure', async () => {
    const directory = new Directory({ outputFiles: ['*.txt'] });
    expect((await directory.lines('echo one > a.txt', 'echo two > b.md', 'exit 3')).state).toBe('FAILED');
    const { outputs } = await directory.close('FAILED');
    expect(outputs).toEqual({ outputFiles: { 'a.txt': 'kestra:///stored/a.txt' } });
    expect(server.files.get('kestra:///stored/a.txt')?.toString()).toBe('one\n');
  });

  test('may be about files alone', async () => {
    const directory = new Directory();
    const files = (more: Partial<Spec>) => directory.run({ work: { kind: 'files' }, ...more });
    expect((await files({ inputFiles: { 'out/stay.txt': 'here' } })).outputs).toEqual({ uris: {} });
    const kept = await files({ outputFiles: ['out/*'] });
    expect(kept.outputs).toEqual({ uris: { 'out/stay.txt': 'kestra:///stored/out/stay.txt' } });
    expect(said(await directory.lines('cat out/stay.txt'))).toEqual(['here']);
    await directory.close();
  });

  test('fail with the reason when the directory cannot be prepared', async () => {
    const directory = new Directory({ inputFiles: { 'a.txt': 'kestra:///in/none' } });
    const child = directory.lines('true');
    expect(await directory.ended).toMatchObject({ state: 'FAILED', message: expect.stringContaining('no file') });
    expect(await child).toMatchObject({ state: 'FAILED', message: expect.stringMatching(/directory/) });
  });

  test('are killed with it', async () => {
    const directory = new Directory();
    const child = directory.run(shell('echo ready', 'sleep 1000'), 'killed-with-it');
    await server.logged('killed-with-it', 'ready');
    server.cancel(directory.jobId, 'kill');
    expect((await child).state).toBe('KILLED');
    expect((await directory.ended).state).toBe('KILLED');
    expect(runner.workspaces).toEqual([]);
  });

  test('are refused where the directory is not', async () => {
    const ended = await server.run({ jobId: 'astray', spec: shell('true'), workspace: 'nowhere' });
    expect(ended).toMatchObject({ state: 'FAILED', message: expect.stringContaining('is not on this runner') });
  });
});

describe('the cache of a directory', () => {
  const cached: Partial<Spec> = { work: { kind: 'workspace', cache: { patterns: ['deps', '*.lock'] } } };

  test('brings files back, with their links and rights, and only those', async () => {
    const first = new Directory(cached);
    await first.lines('mkdir -p deps/bin', 'echo "echo cached" > deps/real', 'chmod +x deps/real', 'echo x > other');
    await first.lines('ln -s ../real deps/bin/run', 'echo 1 > a.lock');
    expect(said(await first.close())).toEqual(['3 files are cached.']);
    const second = new Directory(cached);
    expect(said(await second.lines('./deps/bin/run', 'cat a.lock', 'ls'))).toEqual(['cached', '1', 'a.lock', 'deps']);
    expect(said(await second.close('FAILED'))).toEqual(['The cached files are restored.']);
  });

  test('is left as it is by tasks that fail', async () => {
    server.cache = undefined;
    const directory = new Directory(cached);
    await directory.lines('echo 1 > a.lock', 'false');
    await directory.close('FAILED');
    expect(server.cache).toBeUndefined();
  });
});

test('a runner that drains goes on with the tasks of a directory that it has', async () => {
  const own = await ProtocolServer.start();
  const process = await RunnerProcess.start(own, ['--allow-process', '--slots', '1']);
  try {
    const directory = new Directory({}, own);
    await directory.lines('echo one > file');
    process.child.kill('SIGTERM');
    expect(said(await directory.lines('cat file'))).toEqual(['one']);
    expect((await directory.close()).state).toBe('SUCCESS');
    expect(await process.exited).toBe(0);
  } finally {
    await process.stop();
    own.stop();
  }
});
