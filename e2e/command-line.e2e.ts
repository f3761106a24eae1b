import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { ROOT } from '../cli/dev/settings.ts';
import { EXIT } from '../cli/src/exit-codes.ts';
import { shellOf } from './shell.ts';

const rondo = shellOf(inject('rondo'));

const greeting = (message: string) => `id: greeting
namespace: e2e.cli
inputs:
  - id: name
    type: STRING
    defaults: world
tasks:
  - id: say
    type: core.log.Log
    message: "${message} {{ inputs.name }}"
  - id: keep
    type: core.debug.Return
    format: "${message} {{ inputs.name }}"
outputs:
  - id: text
    type: STRING
    value: "{{ outputs.keep.value }}"
`;

describe('flows as code', () => {
  test('plan, apply, change and apply again', async () => {
    expect(await rondo(['plan', '-'], greeting('hello'))).toMatchObject({
      exitCode: EXIT.changes,
      out: expect.stringContaining('Plan: 1 to create, 0 to update, 0 to delete.'),
    });
    expect(await rondo(['apply', '-'], greeting('hello'))).toMatchObject({
      exitCode: EXIT.ok,
      notes: expect.stringContaining('+ flow greeting revision 1'),
    });
    expect(await rondo(['apply', '-'], greeting('hello'))).toMatchObject({
      exitCode: EXIT.ok,
      out: 'Nothing to do: the server holds what the files say.',
    });
    const plan = await rondo(['plan', '-'], greeting('good day'));
    expect(plan.out).toContain('-    message: "hello {{ inputs.name }}"');
    expect(plan.out).toContain('+    message: "good day {{ inputs.name }}"');
    expect(await rondo(['apply', '-'], greeting('good day'))).toMatchObject({
      exitCode: EXIT.ok,
      notes: expect.stringContaining('~ flow greeting revision 2'),
    });
  });

  test('run --follow prints the logs, the task runs and the outputs', async () => {
    await rondo(['apply', '-'], greeting('good day'));
    const run = await rondo(['run', 'e2e.cli/greeting', '--input', 'name=Ada', '--follow', '--timeout', '60']);
    expect(run).toMatchObject({ exitCode: EXIT.ok });
    expect(run.out).toMatch(/INFO {2}say: good day Ada/);
    expect(run.out).toMatch(/keep +SUCCESS/);
    expect(run.out).toContain('text: good day Ada');
  });

  test('a flow that fails gives exit code 10', async () => {
    const failing =
      'id: failing\nnamespace: e2e.cli\ntasks:\n  - id: fail\n    type: core.execution.Fail\n    errorMessage: as it should\n';
    await rondo(['apply', '-'], failing);
    const run = await rondo(['run', 'e2e.cli/failing', '--follow', '--timeout', '60']);
    expect(run.exitCode).toBe(EXIT.executionFailed);
    expect(run.out).toContain('as it should');
  });

  test('a faulty flow is refused with the place of the fault, on this side and on the server', async () => {
    const faulty = greeting('hello').replace('core.log.Log', 'core.log.Logg');
    const here = await rondo(['validate', '-'], faulty);
    expect(here).toMatchObject({ exitCode: EXIT.validation, out: expect.stringContaining('stdin:9:') });
    const there = await rondo(['apply', '-'], faulty);
    expect(there.exitCode).toBe(EXIT.validation);
    expect(there.notes).toContain('core.log.Logg');
  });

  test('an unknown flow is named, with a remedy', async () => {
    const run = await rondo(['run', 'e2e.cli/nobody']);
    expect(run.exitCode).toBe(EXIT.error);
    expect(run.notes).toContain('not_found, 404');
    expect(run.notes).toContain('check the spelling and the tenant');
  });
});

test('the demonstration reaches the answer that is computed without it', async () => {
  const { url } = inject('rondo');
  const demo = spawn(process.execPath, [join(ROOT, 'cli/dev/demo.ts')], { env: { ...process.env, RONDO_URL: url } });
  let printed = '';
  demo.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  demo.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exitCode = await new Promise((done) => demo.once('exit', done));
  expect({ exitCode, printed: exitCode === 0 ? '' : printed }).toEqual({ exitCode: 0, printed: '' });
});
