import { describe, test } from 'vitest';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';

const templated = (spec: string, more = '') =>
  flowWithTasks(`  - { id: t, type: core.templating.TemplatedTask, spec: '${spec}'${more} }`);

describe('a templated task', () => {
  test('runs a trivial task in its place, and keeps its own id', () =>
    scenario(templated('{type: core.debug.Return, format: "{{ task.id }}"}'), [
      [on.start(), will.finish('SUCCESS'), will.output('t', { value: 't' })],
    ]));

  test('runs outside what runs outside, with its own retries', () =>
    scenario(
      templated(
        '{type: core.http.Request, uri: "https://x.test"}',
        ', retry: { type: constant, interval: PT5S, maxAttempts: 2 }',
      ),
      [
        [on.start(), will.run('t')],
        [on.fail('t'), will.wait('PT5S')],
        [on.tick('PT5S'), will.run('t')],
        [on.succeed('t', { code: 200 }), will.finish('SUCCESS')],
      ],
    ));

  test('waits for a runner when it has become a script, and is cancelled there', () =>
    scenario(templated('{type: scripts.shell.Commands, commands: [ls]}'), [
      [on.start(), will.run('t'), will.have({ t: 'CREATED' })],
      [on.started('t'), will.have({ t: 'RUNNING' })],
      [on.kill(), will.cancel('t'), will.be('KILLING')],
      [on.stop('t'), will.finish('KILLED')],
    ]));

  test('may become a task that the engine itself carries out', () =>
    scenario(templated('{type: core.flow.Sleep, duration: PT3S}'), [
      [on.start(), will.wait('PT3S')],
      [on.tick('PT3S'), will.finish('SUCCESS')],
    ]));

  test.each([
    ['{type: core.flow.Pause}', 'The templated task must be a runnable task'],
    ['{type: core.templating.TemplatedTask, spec: "x"}', 'cannot be of type core.templating.TemplatedTask'],
    ['just words', 'must be a map with a type'],
    ['{{ nowhere }}', 'nowhere'],
  ])('fails with the reason when it makes %s', async (spec, reason) => {
    await scenario(templated(spec), [[on.start(), will.finish('FAILED'), will.log(reason)]]);
  });

  test('is made anew by a restart', () =>
    scenario(templated('{type: core.http.Request, uri: "https://x.test/{{ execution.id }}"}'), [
      [on.start(), will.run('t')],
      [on.fail('t'), will.finish('FAILED')],
      [on.restart(), will.run('t')],
      [on.succeed('t'), will.finish('SUCCESS')],
    ]));
});
