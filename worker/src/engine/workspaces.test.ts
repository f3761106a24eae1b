import { describe, expect, test } from 'vitest';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, TEST_EXECUTION_ID, will, type World } from '../testing/scenario.ts';
import { replayFrom } from './reopen.ts';

const script = (id: string, more = '') => `{ id: ${id}, type: scripts.shell.Commands, commands: [ls]${more} }`;
const say = (id: string, format = id) => `{ id: ${id}, type: core.debug.Return, format: "${format}" }`;
const directory = (...tasks: string[]) => `
  - id: dir
    type: core.flow.WorkingDirectory
    tasks:
${tasks.map((task) => `      - ${task}`).join('\n')}`;

const closed = (end: string) => (world: World) =>
  expect(world.effects.filter(({ type }) => type === 'close-workspace')).toMatchObject([{ end }]);

describe('the tasks of a WorkingDirectory', () => {
  test('begin when a runner has the directory, run one after the other, and end with what the runner keeps', () =>
    scenario(flowWithTasks(directory(script('a'), say('b', '{{ outputs.a.exitCode }}'), script('c'))), [
      [on.start(), will.run('dir'), will.have({ dir: 'CREATED' }), will.show('dir')],
      [on.started('dir'), will.run('a'), will.have({ dir: 'RUNNING', a: 'CREATED' })],
      [on.started('a'), will.run()],
      [on.succeed('a', { exitCode: 0 }), will.run('c'), will.output('b', { value: '0' })],
      [on.succeed('c'), will.ask('close-workspace'), closed('SUCCESS'), will.be('RUNNING')],
      [
        on.succeed('dir', { outputFiles: { x: 'kestra:///x' } }),
        will.finish('SUCCESS'),
        will.output('dir', { outputFiles: { x: 'kestra:///x' } }),
      ],
    ]));

  test('stop at the first that fails; what there is is kept, then the errors run', () =>
    scenario(flowWithTasks(`${directory(script('a'), script('b'))}\n    errors: [${say('sorry')}]`), [
      [on.start()],
      [on.started('dir')],
      [on.fail('a'), closed('FAILED'), will.show('dir', 'a')],
      [on.succeed('dir', { outputFiles: {} }), will.finish('FAILED'), will.show('dir', 'a', 'sorry')],
    ]));

  test('go on after a failure that is allowed, and retry by themselves', () =>
    scenario(
      flowWithTasks(
        directory(
          script('a', ', allowFailure: true'),
          script('b', ', retry: { type: constant, interval: PT1S, maxAttempts: 2 }'),
        ),
      ),
      [
        [on.start()],
        [on.started('dir')],
        [on.fail('a'), will.run('b')],
        [on.fail('b'), will.wait('PT1S')],
        [on.tick('PT1S'), will.run('b')],
        [on.succeed('b'), closed('SUCCESS')],
        [on.succeed('dir'), will.finish('WARNING')],
      ],
    ));

  test('have the value of the loop around, and no level of their own in the outputs', () =>
    scenario(
      flowWithTasks(`
  - id: loop
    type: core.flow.ForEach
    values: [x]
    tasks:
      - id: dir
        type: core.flow.WorkingDirectory
        tasks: [${say('a', '{{ taskrun.value }}')}]
  - ${say('end', '{{ outputs.a.x.value }}')}`),
      [
        [on.start(), will.run('dir[x]')],
        [on.started('dir'), will.ask('close-workspace')],
        [on.succeed('dir'), will.finish('SUCCESS'), will.output('end', { value: 'x' })],
      ],
    ));

  test('do not begin when the directory cannot be had', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.fail('dir'), will.finish('FAILED'), will.show('dir')],
    ]));

  test('end by themselves when the directory fails under them', () =>
    scenario(flowWithTasks(directory(script('a'), script('b'))), [
      [on.start()],
      [on.started('dir')],
      [on.fail('dir'), will.be('RUNNING')],
      [on.fail('a'), will.ask(), will.finish('FAILED')],
    ]));

  test('are not tried elsewhere when their runner says that the directory is gone', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.started('dir')],
      [on.fail('dir')],
      [on.lost('a'), will.run(), will.finish('FAILED')],
    ]));
});

describe('a WorkingDirectory that is lost', () => {
  test('begins again as a whole, elsewhere', () =>
    scenario(flowWithTasks(directory(script('a'), script('b'))), [
      [on.start()],
      [on.started('dir')],
      [on.succeed('a'), will.run('b')],
      [on.lost('dir'), will.run('dir'), will.cancel('b'), will.have({ dir: 'RESUBMITTED' }), will.show('dir')],
      [on.started('dir'), will.run('a')],
      [on.succeed('a'), will.run('b')],
      [on.succeed('b')],
      [on.succeed('dir'), will.finish('SUCCESS'), will.show('dir', 'a', 'b')],
    ]));

  test('is lost with the job of a child: the other half of its work may be anywhere', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.started('dir')],
      [on.started('a')],
      [on.lost('a'), will.cancel('dir', 'a'), will.run('dir'), will.show('dir')],
    ]));

  test('fails when it may not be repeated', () =>
    scenario(flowWithTasks(`${directory(script('a'))}\n    onRunnerLost: fail`), [
      [on.start()],
      [on.started('dir')],
      [on.lost('dir'), will.cancel('a'), will.finish('FAILED'), will.have({ dir: 'FAILED', a: 'KILLED' })],
    ]));

  test('is given up after some times', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.lost('dir'), will.run('dir')],
      [on.lost('dir'), will.run('dir')],
      [on.lost('dir'), will.run('dir')],
      [on.lost('dir'), will.finish('FAILED')],
    ]));
});

describe('a WorkingDirectory and people', () => {
  test('that kill: its task and its directory are told to stop', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.started('dir')],
      [on.kill(), will.cancel('dir', 'a'), will.be('KILLING')],
      [on.stop('a'), will.finish('KILLED'), will.have({ dir: 'KILLED', a: 'KILLED' })],
      [on.stop('dir'), will.ask(), will.finish('KILLED')],
    ]));

  test('that kill while it waits for a runner', () =>
    scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.kill(), will.cancel('dir'), will.be('KILLING')],
      [on.stop('dir'), will.finish('KILLED')],
    ]));

  test('that restart: it runs as a whole', () =>
    scenario(flowWithTasks(directory(script('a'), script('b'))), [
      [on.start()],
      [on.started('dir')],
      [on.succeed('a')],
      [on.fail('b')],
      [on.succeed('dir'), will.finish('FAILED')],
      [on.restart(), will.run('dir'), will.show('dir')],
      [on.started('dir'), will.run('a')],
    ]));

  test('that change the state of one of its tasks: refused, the directory is gone', async () => {
    const world = await scenario(flowWithTasks(directory(script('a'))), [
      [on.start()],
      [on.started('dir')],
      [on.fail('a')],
      [on.succeed('dir'), will.finish('FAILED')],
    ]);
    const { index } = world.run('a');
    await world.happen({ type: 'task.state-changed', at: world.now, taskRun: index, state: 'SUCCESS' });
    expect(world.execution?.state.current).toBe('FAILED');
  });

  test('that replay from one of its tasks: it runs as a whole', async () => {
    const flow = flowWithTasks(directory(script('a'), script('b')));
    const world = await scenario(flow, [
      [on.start()],
      [on.started('dir')],
      [on.succeed('a')],
      [on.succeed('b')],
      [on.succeed('dir'), will.finish('SUCCESS')],
    ]);
    if (!world.execution) throw new Error('it has run');
    const { taskRuns } = replayFrom(flow, world.execution, world.run('b').index, world.now);
    const kept = [...taskRuns].filter(({ removed }) => !removed);
    expect(kept.map(({ taskId, state }) => `${taskId} ${state.current}`)).toEqual(['dir RESTARTED']);
    expect(world.execution.id).toBe(TEST_EXECUTION_ID);
  });
});
