import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../policy.ts';
import { containerArguments } from './container-arguments.ts';
import type { Program } from './task-runner.ts';

const program = (options: Program['options'] = {}, more: Partial<Program> = {}): Program => ({
  argv: ['/bin/sh', '-c', 'ls'],
  env: { A: 'secret' },
  workingDir: '/jobs/1/work',
  root: '/jobs/1',
  name: 'rondo-1',
  image: 'python:3.13-slim',
  options,
  ...more,
});

function argumentsOf(options: Program['options'] = {}, policy: object = {}, more: Partial<Program> = {}): string {
  const made = containerArguments(program(options, more), parsePolicy({ containers: policy }).containers, {
    uid: 7,
    gid: 8,
  });
  return made.ok ? made.value.join(' ') : `refused: ${made.error}`;
}

describe('a container', () => {
  test('has no rights and bounds, and sees the directory of its job alone', () => {
    expect(argumentsOf()).toBe(
      'run --rm --name rondo-1 --pull=missing --network=bridge --cap-drop=ALL --security-opt=no-new-privileges --read-only ' +
        '--tmpfs=/tmp --pids-limit=1024 --user=7:8 --volume=/jobs/1:/jobs/1 --workdir=/jobs/1/work --env A --entrypoint= ' +
        'python:3.13-slim /bin/sh -c ls',
    );
  });

  test.each([
    [{ pullPolicy: 'ALWAYS' }, '--pull=always'],
    [{ networkMode: 'none' }, '--network=none'],
    [{ cpu: { cpus: '1.5' } }, '--cpus=1.5'],
    [{ memory: { memory: '512MB' } }, `--memory=${512 * 1024 ** 2}`],
    [{ shmSize: '1g' }, '--shm-size=1g'],
    [{ user: 'nobody' }, '--user=nobody'],
    [{ extraHosts: ['db:10.0.0.1'] }, '--add-host=db:10.0.0.1'],
    [{ entryPoint: ['/entry', 'x'] }, '--entrypoint=/entry python:3.13-slim x /bin/sh'],
    [{ image: 'other' }, '--entrypoint= other /bin/sh'],
  ])('that asks for %j gets it', (options, part) => expect(argumentsOf(options)).toContain(part));

  test('gets no more than the owner of the machine gives', () => {
    const policy = { cpus: 2, memoryBytes: 1024 ** 3, processes: 50 };
    const asked = argumentsOf({ cpu: { cpus: 8 }, memory: { memory: '4GB' } }, policy);
    expect(asked).toContain(`--pids-limit=50 --user=7:8 --cpus=2 --memory=${1024 ** 3} `);
    expect(argumentsOf({}, policy)).toContain(`--cpus=2 --memory=${1024 ** 3} `);
  });

  test('mounts what the owner of the machine has listed', () => {
    expect(argumentsOf({ volumes: ['/data/in:/in:ro'] }, { volumes: ['/data'] })).toContain('--volume=/data/in:/in:ro');
  });

  test.each([
    [{ volumes: ['/etc:/etc'] }, { volumes: ['/data'] }, 'The volume /etc:/etc is not allowed'],
    [{ volumes: ['/data/../etc:/x'] }, { volumes: ['/data'] }, 'is not allowed'],
    [{ volumes: ['/database:/x'] }, { volumes: ['/data'] }, 'is not allowed'],
    [{ volumes: ['named:/x'] }, { volumes: ['/data'] }, 'is not allowed'],
    [{ networkMode: 'host' }, {}, 'The network host is not allowed'],
    [{ privileged: true }, {}, 'Privileged containers are not allowed'],
    [{ portBindings: ['80:80'] }, {}, 'may not open ports'],
    [{ deviceRequests: [{}] }, {}, 'Devices'],
    [{ credentials: { username: 'x' } }, {}, 'Credentials come from the engine'],
    [{}, { images: ['registry\\.corp/.*'] }, 'The image python:3.13-slim is not allowed'],
    [{ image: '--privileged' }, {}, 'is not allowed'],
    [{ memory: { memory: 'much' } }, {}, '"much" is no size of memory'],
    [{ pullPolicy: 'SOMETIMES' }, {}, 'The taskRunner is not valid'],
  ])('that asks for %j under %j is refused', (options, policy, why) => {
    expect(argumentsOf(options, policy)).toContain(`refused: `);
    expect(argumentsOf(options, policy)).toContain(why);
  });

  test('needs an image', () => {
    const { image: _image, ...without } = program();
    expect(containerArguments(without, parsePolicy({}).containers, undefined).ok).toBe(false);
  });
});
