/** What holds of every task runner, tested on each that this machine has. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parsePolicy } from '../policy.ts';
import { BubblewrapTaskRunner } from './bubblewrap.ts';
import { ContainerTaskRunner } from './container.ts';
import { ProcessGroups } from './process-groups.ts';
import { ProcessTaskRunner } from './process.ts';
import type { Program, TaskRunner } from './task-runner.ts';

// A container takes a second to start, more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const home = mkdtempSync(join(tmpdir(), 'rondo-task-runners-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Candidate {
  name: string;
  /** Why it cannot be tested here. */
  missing?: string;
  runner: TaskRunner;
  image?: string;
  /** It runs apart from the machine: no file, process or right of it. */
  isolates: boolean;
  /** A program hears that it shall end; else it only ends. */
  asks: boolean;
}

const groups = () => new ProcessGroups({ graceMs: 2_000 });
const candidates: Candidate[] = [
  { name: 'process', runner: new ProcessTaskRunner(groups()), isolates: false, asks: true },
  bubblewrap(),
  podman(),
];

function bubblewrap(): Candidate {
  const { bubblewrap: policy = { network: true, readOnly: [] } } = parsePolicy({ bubblewrap: {} });
  const probe = ['--ro-bind', '/', '/', '--unshare-all', 'true'];
  const runner = new BubblewrapTaskRunner(policy, groups());
  return {
    name: 'bubblewrap',
    runner,
    isolates: true,
    asks: false,
    ...missingWhen(!works('bwrap', probe), 'bwrap does not work here'),
  };
}

/** With an image of one static program, made on the spot: no registry is needed. */
function podman(): Candidate {
  const image = 'localhost/rondo-contract:latest';
  const configuration = join(home, 'containers.conf');
  // What podman needs inside a container, and takes for given outside of one.
  writeFileSync(
    configuration,
    [
      '[containers]\ndefault_ulimits = ["nofile=1024:1024","nproc=1024:1024"]',
      '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
    ].join('\n'),
  );
  process.env['CONTAINERS_CONF'] = configuration;
  const engineArguments = ['--storage-driver=vfs', '--root', join(home, 'root'), '--runroot', join(home, 'runroot')];
  const { containers: policy } = parsePolicy({ containers: { engineArguments, networks: ['none'], processes: 200 } });
  const runner = new ContainerTaskRunner({ engine: 'podman', policy, runnerId: 'contract' }, groups());
  const able = works('busybox', ['true']) && works('podman', ['--version']) && works('runc', ['--version']);
  const isReady = able && works('podman', [...engineArguments, 'import', busyboxImage(), image]);
  const missing = missingWhen(!isReady, 'podman, runc and a static busybox are not all here');
  return { name: 'container (podman)', runner, image, isolates: true, asks: true, ...missing };
}

function missingWhen(isMissing: boolean, why: string): Pick<Candidate, 'missing'> {
  return isMissing ? { missing: why } : {};
}

function works(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function busyboxImage(): string {
  const rootfs = join(home, 'rootfs');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  const where = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
  copyFileSync(where, join(rootfs, 'bin/busybox'));
  chmodSync(join(rootfs, 'bin/busybox'), 0o755);
  for (const name of ['sh', 'cat', 'echo', 'sleep', 'touch', 'ls', 'ps'])
    symlinkSync('busybox', join(rootfs, 'bin', name));
  const archive = join(home, 'rootfs.tar');
  spawnSync('tar', ['-cf', archive, '-C', rootfs, '.']);
  return archive;
}

for (const { name, missing, runner, image, isolates, asks } of candidates) {
  describe.skipIf(missing !== undefined)(
    `the task runner ${name}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      let root: string;
      beforeEach(() => {
        root = mkdtempSync(join(home, 'job-'));
        mkdirSync(join(root, 'work'));
      });
      afterEach(() => rmSync(root, { recursive: true, force: true }));

      async function run(line: string, more: Partial<Program> = {}, stop = new AbortController().signal) {
        const said = { stdout: '', stderr: '' };
        const program: Program = {
          argv: ['/bin/sh', '-c', line],
          env: {},
          workingDir: join(root, 'work'),
          root,
          name: `rondo-contract-${root.split('-').at(-1)?.toLowerCase() ?? ''}`,
          ...(image !== undefined && { image }),
          options: isolates && image !== undefined ? { networkMode: 'none', pullPolicy: 'NEVER' } : {},
          ...more,
        };
        const ending = await runner.run(
          program,
          (stream, bytes) => (said[stream] += Buffer.from(bytes).toString()),
          stop,
        );
        return { ...ending, ...said };
      }

      test('gives both outputs and the exit code', async () => {
        expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({
          exitCode: 3,
          stdout: 'out\n',
          stderr: 'err\n',
        });
      });

      test('sets the variables of the job, whatever is in them', async () => {
        const value = `a "b" 'c' $D\nnext`;
        const { stdout } = await run('echo "$ODD|$HTTP_PROXY|$HIDDEN"', { env: { ODD: value, HTTP_PROXY: 'x' } });
        expect(stdout).toBe(`${value}|x|\n`);
      });

      test('works in the directory of the job, which keeps what it writes', async () => {
        writeFileSync(join(root, 'work/in.txt'), 'in');
        const { exitCode } = await run('cat in.txt > out.txt && echo result > ../result');
        expect(exitCode).toBe(0);
        expect(readFileSync(join(root, 'work/out.txt'), 'utf8')).toBe('in');
        expect(readFileSync(join(root, 'result'), 'utf8')).toBe('result\n');
      });

      test('says so when there is no such program', async () => {
        const { exitCode } = await run('', { argv: ['/no/such/program'] });
        expect(exitCode).not.toBe(0);
      });

      test.runIf(asks)('asks a program to end when it is stopped', async () => {
        const stop = new AbortController();
        const ended = run(
          'trap "echo bye > ended; exit 0" TERM; touch ready; while true; do sleep 0.1; done',
          {},
          stop.signal,
        );
        await written(join(root, 'work/ready'));
        stop.abort();
        await ended;
        expect(readFileSync(join(root, 'work/ended'), 'utf8')).toBe('bye\n');
      });

      test('makes an end of a program that does not listen, and of all that it has started', async () => {
        const stop = new AbortController();
        const ended = run(
          'trap "" TERM; (while true; do echo x >> alive; sleep 0.1; done) & touch ready; wait',
          {},
          stop.signal,
        );
        await written(join(root, 'work/ready'));
        stop.abort();
        expect((await ended).exitCode).not.toBe(0);
        const before = readFileSync(join(root, 'work/alive'), 'utf8');
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(readFileSync(join(root, 'work/alive'), 'utf8')).toBe(before);
      });

      test.runIf(isolates)('shows nothing of the machine but the directory of the job', async () => {
        const secret = join(home, 'secret');
        writeFileSync(secret, 'key');
        expect((await run(`cat ${secret}`)).exitCode).not.toBe(0);
        expect((await run(`echo x > ${join(home, 'left')}; touch /usr/left /left`)).exitCode).not.toBe(0);
        expect((await run(`ls /proc | grep -cx ${process.pid}`)).stdout.trim()).not.toBe('1');
      });
    },
  );
}

async function written(path: string): Promise<void> {
  await vi.waitFor(() => readFileSync(path), { timeout: 20_000, interval: 20 });
}
