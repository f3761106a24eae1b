import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { OUTPUT_DIR_TOKEN, WORKING_DIR_TOKEN } from '../../worker/src/protocol/job.ts';
import { ProtocolServer } from './testing/protocol-server.ts';
import type { Ended, TestJob } from './testing/protocol-server.ts';
import { RunnerProcess } from './testing/runner-process.ts';

// Each program takes a second to start, more on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let server: ProtocolServer;
let runner: RunnerProcess;
let jobs = 0;

beforeAll(async () => {
  server = await ProtocolServer.start();
  runner = await RunnerProcess.start(server);
});
afterAll(async () => {
  await runner.stop();
  server.stop();
});

type Spec = TestJob['spec'];

function commands(lines: string[], more: Partial<Spec> = {}): Spec {
  return { work: { kind: 'commands', commands: lines }, taskRunner: { type: 'process' }, ...more };
}

function script(program: string[], text: string, more: Partial<Spec> = {}): Spec {
  return {
    work: { kind: 'script', script: text, extension: '.txt', program: [program[0] ?? '', ...program.slice(1)] },
    taskRunner: { type: 'process' },
    ...more,
  };
}

const run = (spec: Spec, more: Partial<TestJob> = {}): Promise<Ended> =>
  server.run({ jobId: `job-${++jobs}`, spec, ...more });
const messages = ({ logs }: Ended) => logs.map(({ level, message }) => `${level} ${message}`);

/** Whether a process lives; a zombie, which nobody has fetched yet, does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a job of shell lines', () => {
  test('runs them in one shell and gives back what it printed, line by line', async () => {
    const ended = await run(commands(['x=1', 'echo "x is $x"', '>&2 echo trouble', 'echo last']));
    expect(ended.state).toBe('SUCCESS');
    expect(ended.outputs).toEqual({ exitCode: 0, vars: {}, outputFiles: {}, stdOutLineCount: 2, stdErrLineCount: 1 });
    expect(messages(ended).sort()).toEqual(['ERROR trouble', 'INFO last', 'INFO x is 1']);
  });

  test('stops at the first that fails', async () => {
    const ended = await run(commands(['unknown-command', 'echo never']));
    expect(ended).toMatchObject({ state: 'FAILED', message: 'The command ended with exit code 127.' });
    expect(ended.outputs).toMatchObject({ exitCode: 127, stdOutLineCount: 0, stdErrLineCount: 1 });
  });

  test('goes on when it shall not fail fast, but not past a failing beforeCommand', async () => {
    const spec = { failFast: false, beforeCommands: ['echo before'] };
    expect(messages(await run(commands(['false', 'echo after'], spec)))).toEqual(['INFO before', 'INFO after']);
    expect((await run(commands(['echo never'], { ...spec, beforeCommands: ['false'] }))).outputs).toMatchObject({
      exitCode: 1,
      stdOutLineCount: 0,
    });
  });

  test('keeps its outputs when it fails', async () => {
    const ended = await run(
      commands([`echo '::{"outputs":{"a":1},"metrics":[{"name":"t","type":"timer","value":2}]}::'`, 'exit 3']),
    );
    expect(ended.outputs).toMatchObject({ exitCode: 3, vars: { a: 1 } });
    expect(ended.metrics).toEqual([{ name: 't', type: 'timer', value: 2000, tags: {} }]);
    expect(messages(ended)).toEqual(['ERROR The command ended with exit code 3.']);
  });

  test('sees its own variables and none of the runner’s', async () => {
    const ended = await run(
      commands(['echo "$A|$RUNNER_ONLY|$PWD|$WORKING_DIR|$OUTPUT_DIR"'], { env: { A: `in ${WORKING_DIR_TOKEN}` } }),
    );
    const [line = ''] = ended.logs.map(({ message }) => message);
    const [a, hidden, pwd, workingDir, outputDir] = line.split('|');
    expect(a).toBe(`in ${workingDir}`);
    expect([hidden, pwd]).toEqual(['', workingDir]);
    expect(outputDir).not.toBe(workingDir);
  });

  test('may be longer than an argument may be', async () => {
    const ended = await run(commands([`: ${'x'.repeat(300_000)}`, 'echo done']));
    expect(messages(ended)).toEqual(['INFO done']);
  });

  test('prints two thousand lines, and all of them arrive in order', async () => {
    const ended = await run(commands(['for i in $(seq 2000); do echo $i; done']));
    expect(ended.outputs).toMatchObject({ stdOutLineCount: 2000 });
    expect(ended.logs.map(({ message }) => Number(message))).toEqual(Array.from({ length: 2000 }, (_, n) => n + 1));
  });

  test('that writes to stderr warns when the task asks for that', async () => {
    expect((await run(commands(['>&2 echo x'], { warningOnStdErr: true }))).state).toBe('WARNING');
    expect((await run(commands(['>&2 echo x']))).state).toBe('SUCCESS');
  });
});

describe('a script', () => {
  test.each([
    [
      'python3',
      `import json, os\nprint("hello")\nopen(os.environ["RONDO_OUTPUT"], "a").write(json.dumps({"outputs": {"n": 5}}) + "\\n")`,
    ],
    [
      'node',
      `console.log('hello'); require('node:fs').appendFileSync(process.env.RONDO_OUTPUT, JSON.stringify({ outputs: { n: 5 } }) + '\\n')`,
    ],
    ['sh', `echo hello\necho '{"outputs": {"n": 5}}' >> "$RONDO_OUTPUT"`],
  ])('of %s prints, and says its outputs in a file', async (program, text) => {
    const ended = await run(script([program], text));
    expect(messages(ended)).toEqual(['INFO hello']);
    expect(ended).toMatchObject({ state: 'SUCCESS', outputs: { exitCode: 0, vars: { n: 5 } } });
  });

  test('runs after its beforeCommands, in the shell that they prepared', async () => {
    const ended = await run(script(['sh'], 'echo "$A"', { beforeCommands: ['export A=prepared'] }));
    expect(messages(ended)).toEqual(['INFO prepared']);
  });

  test('whose program is not there says so', async () => {
    const ended = await run(script(['no-such-program'], ''));
    expect(ended).toMatchObject({
      state: 'FAILED',
      message: 'no-such-program cannot be started: it is not installed on this runner',
      outputs: { exitCode: 127 },
    });
  });

  test('that asks for Docker runs as a process, with a warning', async () => {
    const ended = await run(script(['sh'], 'echo hello', { taskRunner: { type: 'docker' } }));
    expect(messages(ended)).toEqual([expect.stringMatching(/^WARN .*no container engine/), 'INFO hello']);
  });
});

describe('the files of a job', () => {
  test('are put in place before it, and stored after it', async () => {
    server.files.set('kestra:///in/data.csv', Buffer.from('a,b\n'));
    const ended = await run(
      commands(
        [
          'mkdir out',
          'cat test/application.yml stored.csv > out/all.txt',
          `cat kestra:///in/data.csv > ${OUTPUT_DIR_TOKEN}/copy.csv`,
        ],
        {
          inputFiles: { 'test/application.yml': 'x: 1\n', 'stored.csv': 'kestra:///in/data.csv' },
          outputFiles: ['out/**'],
        },
      ),
    );
    expect(ended.outputs).toMatchObject({
      outputFiles: { 'out/all.txt': 'kestra:///stored/out/all.txt', 'copy.csv': 'kestra:///stored/copy.csv' },
    });
    expect(server.files.get('kestra:///stored/out/all.txt')?.toString()).toBe('x: 1\na,b\n');
    expect(server.files.get('kestra:///stored/copy.csv')?.toString()).toBe('a,b\n');
  });

  test('may come from the namespace', async () => {
    server.files.set('kestra:///team/_files/sql/a.sql', Buffer.from('select 1'));
    server.files.set('kestra:///team/_files/b.txt', Buffer.from('b'));
    const ended = await run(commands(['ls -R', 'cat sql/a.sql'], { namespaceFiles: { include: ['*.sql'] } }));
    expect(messages(ended)).toContain('INFO select 1');
    expect(messages(ended)).not.toContain('INFO b.txt');
  });

  test.each([
    [
      'one that is missing',
      commands(['cat kestra:///in/none.csv']),
      /There is no file kestra:\/\/\/in\/none\.csv\. \(not_found\)/,
    ],
    ['one that leads out', commands(['true'], { inputFiles: { '../../evil': 'x' } }), /"\.\.\/\.\.\/evil" leads out/],
  ])('fail it with the reason: %s', async (_name, spec, message) => {
    expect(await run(spec)).toMatchObject({ state: 'FAILED', message: expect.stringMatching(message) });
  });

  test('and its directory are gone when it is over', async () => {
    await run(commands(['echo > file', 'mkdir locked', 'echo > locked/file', 'chmod 000 locked']));
    expect(runner.workspaces).toEqual([]);
  });
});

test('secrets are hidden in logs, outputs and messages, in whatever form they are printed', async () => {
  const secret = 'tr0ub4dor&3';
  const ended = await run(
    commands(
      ['printf "%s" "$SECRET" | base64', 'echo "say $SECRET"', `echo "::{\\"outputs\\":{\\"a\\":[\\"$SECRET\\"]}}::"`],
      { env: { SECRET: secret } },
    ),
    { secrets: [secret, 'abc'] },
  );
  expect(JSON.stringify(ended)).not.toContain(secret);
  expect(JSON.stringify(ended)).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
  expect(ended.outputs).toMatchObject({ vars: { a: ['******'] } });
  expect(messages(ended)).toContain('INFO say ******');
  expect(messages(ended)[0]).toMatch(/^WARN 1 of the secrets have fewer than 6 characters/);
});

describe('a job that is ended', () => {
  test('by a kill leaves no process behind', async () => {
    const jobId = 'killed';
    const ended = run(commands(['sleep 1000 & echo "child $!"', 'echo ready', 'wait']), { jobId });
    await server.logged(jobId, 'ready');
    server.cancel(jobId, 'kill');
    const { state, logs, outputs } = await ended;
    expect(state).toBe('KILLED');
    expect(outputs).toMatchObject({ exitCode: 143 });
    await gone(Number(logs[0]?.message.split(' ')[1]));
  });

  test('by its timeout fails with the reason', async () => {
    const ended = await run(commands(['sleep 1000']), { timeoutMs: 200 });
    expect(ended).toMatchObject({ state: 'FAILED', message: 'The task ran longer than its timeout allows.' });
  });

  test('and leaves a background process behind has it killed', async () => {
    const ended = await run(commands(['sleep 1000 > /dev/null 2>&1 & echo $!']));
    expect(ended.state).toBe('SUCCESS');
    await gone(Number(ended.logs[0]?.message));
  });
});

describe('a runner', () => {
  async function withRunner(
    work: (own: ProtocolServer, process: RunnerProcess) => Promise<void>,
    args?: string[],
  ): Promise<void> {
    const own = await ProtocolServer.start();
    const process = await RunnerProcess.start(own, args);
    try {
      await work(own, process);
    } finally {
      await process.stop();
      own.stop();
    }
  }

  test('that is asked to end finishes its job, says good-bye and ends', async () => {
    await withRunner(async (own, process) => {
      const ended = own.run({ jobId: 'last', spec: commands(['echo ready', 'sleep 0.5', 'echo done']) });
      await own.logged('last', 'ready');
      process.child.kill('SIGTERM');
      expect((await ended).state).toBe('SUCCESS');
      expect(await process.exited).toBe(0);
      expect(own.goodbyes).toBe(1);
    });
  });

  test('that is asked twice gives its job back and leaves no process', async () => {
    await withRunner(async (own, process) => {
      const ended = own.run({ jobId: 'back', spec: commands(['sleep 1000 & echo $!', 'echo ready', 'wait']) });
      await own.logged('back', 'ready');
      process.child.kill('SIGTERM');
      process.child.kill('SIGINT');
      const { state, logs } = await ended;
      expect(state).toBe('RELEASED');
      expect(await process.exited).toBe(0);
      await gone(Number(logs[0]?.message));
    });
  });

  test('that is killed leaves no process', async () => {
    await withRunner(async (own, process) => {
      void own.run({
        jobId: 'orphan',
        spec: commands(['sleep 1000 & echo "pid $!"', 'echo ready $$', 'echo ready', 'wait']),
      });
      await own.logged('orphan', 'ready');
      const pids = pidsOf(own, 'orphan');
      expect(pids.length).toBe(2);
      process.child.kill('SIGKILL');
      await process.exited;
      for (const pid of pids) await gone(pid);
    });
  });

  test('that lost its lease kills its job and reports nothing', async () => {
    await withRunner(async (own, process) => {
      let isReported = false;
      void own
        .run({ jobId: 'fenced', spec: commands(['echo $$', 'echo ready', 'sleep 1000']) })
        .then(() => (isReported = true));
      await own.logged('fenced', 'ready');
      const [pid = 0] = pidsOf(own, 'fenced');
      own.isFenced = true;
      await gone(pid);
      process.child.kill('SIGTERM');
      expect(await process.exited).toBe(0);
      expect(isReported).toBe(false);
      expect(process.log).toContain('lost: another runner has the job');
    });
  });

  test('that cannot reach the server kills its job in time', async () => {
    await withRunner(async (own, process) => {
      void own.run({ jobId: 'silent', spec: commands(['echo $$', 'echo ready', 'sleep 1000']) });
      await own.logged('silent', 'ready');
      const [pid = 0] = pidsOf(own, 'silent');
      own.isSilent = true;
      await gone(pid);
      expect(process.log).not.toContain('SUCCESS');
    });
  });

  test('ends after its jobs when it is told to run once', async () => {
    await withRunner(
      async (own, process) => {
        const ended = own.run({ jobId: 'once', spec: commands(['true']) });
        void own.run({ jobId: 'never', spec: commands(['true']) });
        expect((await ended).state).toBe('SUCCESS');
        expect(await process.exited).toBe(0);
        expect(process.log.match(/: started/g)?.length).toBe(1);
      },
      ['--allow-process', '--once'],
    );
  });

  test.each([
    [['--container-engine', 'none'], /may run nothing: allow processes of this machine with --allow-process/],
    [['--container-engine', 'jail'], /--container-engine: it is one of docker, podman, nerdctl, auto, none/],
    [['--slots', '0'], /--slots: "0" is no whole number from 1 to 256/],
    [['--transport', 'pigeon'], /--transport: "pigeon" is none of auto, ws, poll/],
    [['--nonsense'], /Unknown option '--nonsense'/],
  ])('that is started with %j says what is wrong', async (args, error) => {
    await withRunner(async (_own, process) => {
      expect(await process.exited).toBe(2);
      expect(process.log).toMatch(error);
    }, args);
  });
});

/** The numbers that a job has logged. */
function pidsOf(own: ProtocolServer, jobId: string): number[] {
  return own.logsOf(jobId).flatMap(({ message }) => /\d+/.exec(message)?.map(Number) ?? []);
}
