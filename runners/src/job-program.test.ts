import { describe, expect, test } from 'vitest';
import { JobSpec, OUTPUT_DIR_TOKEN, WORKING_DIR_TOKEN } from '../../worker/src/protocol/job.ts';
import { environment, shellLines, urisIn, withPaths } from './job-program.ts';
import type { ProgramSpec } from './job-program.ts';
import { ownEnvironment } from './task-runners/own-environment.ts';

const directories = { workingDir: '/job/work', outputDir: '/job/out' };

function specOf(work: ProgramSpec['work'], more: object): ProgramSpec {
  return { ...JobSpec.parse({ work, taskRunner: { type: 'process' }, ...more }), work };
}

function commands(lines: string[], more: object = {}): ProgramSpec {
  return specOf({ kind: 'commands', commands: lines }, more);
}

function script(program: string[], more: object = {}): ProgramSpec {
  return specOf({ kind: 'script', script: 'x', extension: '.py', program }, more);
}

describe('the lines of a job', () => {
  test.each([
    ['fail fast', commands(['a', 'b']), 'set -e\na\nb'],
    ['or do not', commands(['a', 'b'], { failFast: false }), 'a\nb'],
    [
      'but beforeCommands always do',
      commands(['a'], { failFast: false, beforeCommands: ['pre'] }),
      'set -e\npre\nset +e\na',
    ],
    [
      'in the words of PowerShell',
      commands(['a'], { interpreter: ['pwsh', '-Command'] }),
      "$ErrorActionPreference = 'Stop'\na",
    ],
    ['as far as the interpreter is known', commands(['a'], { interpreter: ['/usr/bin/env', 'fish'] }), 'a'],
    [
      'run a script after what prepares it',
      script(['python3', '-u'], { beforeCommands: ['pre'] }),
      "set -e\npre\npython3 -u '/job/it'\\''s.py'",
    ],
    [
      'install packages into the job’s own directory',
      script(['python'], { dependencies: { language: 'python', packages: ['a>=1', 'b'], cache: false } }),
      "set -e\npython3 -m venv .venv\n. .venv/bin/activate\npip install --quiet --disable-pip-version-check --no-cache-dir 'a>=1' b\npython '/job/it'\\''s.py'",
    ],
  ])('%s', (_name, spec, lines) => {
    expect(shellLines(spec, "/job/it's.py")).toBe(lines);
  });

  test('are none when a script’s program can be started directly', () => {
    expect(shellLines(script(['python3']), '/job/x.py')).toBeNull();
  });

  test('cannot install packages of a language that is not known here', () => {
    const spec = script(['julia'], { dependencies: { language: 'julia', packages: ['a'], cache: true } });
    expect(() => shellLines(spec, 'x')).toThrow(/cannot install dependencies for julia/);
  });
});

describe('URIs of stored files', () => {
  test('are found in lines, scripts and variables, and end where a shell would end them', () => {
    const spec = commands(['cat "kestra:///a/b.txt" $(cat kestra:///a/c.txt)', 'x=kestra:///a/d%20(1).csv;ls'], {
      beforeCommands: ['cat kestra:///a/b.txt'],
      env: { FILE: 'kestra:///e', OTHER: 'kestra://no/path' },
    });
    expect(urisIn(spec)).toEqual(['kestra:///a/b.txt', 'kestra:///e', 'kestra:///a/c.txt', 'kestra:///a/d%20(1).csv']);
  });

  test('and the tokens of its directories are replaced by paths', () => {
    const spec = commands([`cp kestra:///a ${OUTPUT_DIR_TOKEN}/a`], {
      env: { DIR: WORKING_DIR_TOKEN, OTHER: 'kestra:///unknown' },
    });
    const placed = withPaths(spec, directories, new Map([['kestra:///a', '/job/files/0/a']]));
    expect(placed.work).toEqual({ kind: 'commands', commands: ['cp /job/files/0/a /job/out/a'] });
    expect(placed.env).toEqual({ DIR: '/job/work', OTHER: 'kestra:///unknown' });
  });
});

test('a job sees its own variables before those of its place, and of the machine only what is no secret', () => {
  expect(environment(commands([], { env: { HOME: '/mine', A: '1' } }), directories, '/job/results')).toEqual({
    HOME: '/mine',
    A: '1',
    WORKING_DIR: '/job/work',
    OUTPUT_DIR: '/job/out',
    RONDO_OUTPUT: '/job/results',
  });
  expect(ownEnvironment({ PATH: '/bin', RONDO_TOKEN: 'secret' })).toEqual({ PATH: '/bin' });
});
