import { describe, expect, test } from 'vitest';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will, type World } from '../testing/scenario.ts';
import { replayFrom } from './reopen.ts';

const edge = (id: string, more = '') => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test'${more} }`;
const say = (id: string, format = id) => `{ id: ${id}, type: core.debug.Return, format: "${format}" }`;
const one = flowWithTasks(`  - ${edge('a')}`);
const limited = flowOf(`id: c\nnamespace: company.team\nconcurrency: { limit: 1 }\ntasks:\n  - ${edge('a')}`);
const force = on.event(({ now }) => ({ type: 'execution.forced', at: now }));
const queue = on.event(({ now }) => ({ type: 'slot.refused', at: now, behavior: 'QUEUE' }));

describe('a start in the future', () => {
  const later = on.start({ scheduleAt: Date.UTC(2026, 0, 15, 13) });

  test('waits for its time', () =>
    scenario(one, [
      [later, will.be('CREATED'), will.wait('PT1H')],
      [on.tick('PT1H'), will.run('a')],
    ]));

  test('is forced by a person, once', () =>
    scenario(one, [[later], [force, will.run('a')], [on.tick('PT2H'), will.run(), will.be('RUNNING')]]));

  test('is killed before its time', () => scenario(one, [[later], [on.kill(), will.finish('KILLED'), will.show()]]));
});

describe('force run', () => {
  test('starts what waits in the queue, above the limit', () =>
    scenario(limited, [[on.start()], [queue, will.be('QUEUED')], [force, will.run('a'), will.be('RUNNING')]]));

  test('resumes what is paused', () =>
    scenario(flowWithTasks(`  - { id: wait, type: core.flow.Pause }`), [
      [on.start(), will.be('PAUSED')],
      [force, will.finish('SUCCESS')],
    ]));

  test('changes nothing while tasks run, and nothing after the end', () =>
    scenario(one, [
      [on.start()],
      [force, will.ask(), will.be('RUNNING')],
      [on.succeed('a'), will.finish('SUCCESS')],
      [force, will.ask(), will.finish('SUCCESS')],
    ]));
});

describe('a refused slot', () => {
  const refused = (behavior: 'CANCEL' | 'FAIL') => on.event(({ now }) => ({ type: 'slot.refused', at: now, behavior }));

  test('cancels or fails the execution as the flow says', () =>
    Promise.all([
      scenario(limited, [[on.start()], [refused('CANCEL'), will.finish('CANCELLED'), will.show()]]),
      scenario(limited, [[on.start()], [refused('FAIL'), will.finish('FAILED'), will.show()]]),
    ]));
});

describe('labels and status', () => {
  test('labels are merged, and an empty value removes one', async () => {
    const labels = (value: string) =>
      on.event(({ now }) => ({ type: 'labels.set', at: now, labels: [{ key: 'team', value }] }));
    const world = await scenario(one, [[on.start()], [labels('data')], [on.succeed('a')], [labels('ops')]]);
    expect(world.execution?.labels).toEqual([{ key: 'team', value: 'ops' }]);
    await labels('')(world);
    expect(world.execution?.labels).toEqual([]);
  });

  test('the status of a finished execution alone can be rewritten', () => {
    const warning = on.event(({ now }) => ({ type: 'execution.status-changed', at: now, state: 'WARNING' }));
    return scenario(one, [
      [on.start()],
      [warning, will.be('RUNNING')],
      [on.succeed('a')],
      [warning, will.finish('WARNING'), will.ask()],
    ]);
  });
});

describe('a changed task run state', () => {
  const set = (selector: string, state: 'SUCCESS' | 'FAILED') =>
    on.event((world) => ({ type: 'task.state-changed', at: world.now, taskRun: world.run(selector).index, state }));

  test('lets the execution go on as if the task had ended so', () =>
    scenario(flowWithTasks(`  - ${edge('a')}\n  - ${say('b')}`, `errors:\n  - ${say('alert')}`), [
      [on.start()],
      [on.fail('a'), will.finish('FAILED'), will.show('a', 'alert')],
      [set('a', 'SUCCESS'), will.finish('SUCCESS'), will.show('a', 'b')],
    ]));

  test('to FAILED fails the loop around it', () =>
    scenario(
      flowWithTasks(
        `  - id: each\n    type: core.flow.ForEach\n    values: ["x", "y"]\n    tasks:\n      - ${say('a')}`,
      ),
      [
        [on.start(), will.finish('SUCCESS')],
        [set('a[x]', 'FAILED'), will.finish('FAILED'), will.have({ each: 'FAILED' })],
      ],
    ));
});

describe('restart', () => {
  const restartWith = (flowRevision: number) =>
    on.event(({ now }) => ({ type: 'execution.restarted', at: now, flowRevision }));

  test('may go on with another revision, and counts as an attempt', async () => {
    const world = await scenario(one, [[on.start()], [on.fail('a')], [restartWith(2), will.run('a')]]);
    expect(world.execution).toMatchObject({ flowRevision: 2, attemptNumber: 2 });
    expect(world.execution?.labels).toContainEqual({ key: 'system.restarted', value: 'true' });
  });

  test('is not for a killed execution, nor for one that runs', () =>
    scenario(one, [
      [on.start()],
      [on.restart(), will.ask(), will.be('RUNNING')],
      [on.kill()],
      [on.stop('a'), will.finish('KILLED')],
      [on.restart(), will.finish('KILLED'), will.ask()],
    ]));

  test('runs a paused task run again', () =>
    scenario(flowWithTasks(`  - { id: wait, type: core.flow.Pause }`), [
      [on.start(), will.be('PAUSED')],
      [on.restart(), will.be('PAUSED'), will.have({ wait: 'PAUSED' })],
    ]));
});

describe('a replay from a task run', () => {
  const replayed = (world: World, selector: string) => {
    if (!world.execution) throw new Error('nothing has run');
    return replayFrom(world.flow, world.execution, world.run(selector).index, world.now);
  };
  const shown = (from: ReturnType<typeof replayed>) =>
    [...from.taskRuns].filter(({ removed }) => !removed).map(({ taskId, state }) => `${taskId} ${state.current}`);

  test('keeps what came before and drops what came after', async () => {
    const world = await scenario(flowWithTasks(`  - ${say('a')}\n  - ${say('b')}\n  - ${say('c')}`), [[on.start()]]);
    const from = replayed(world, 'b');
    expect(shown(from)).toEqual(['a SUCCESS', 'b RESTARTED']);
    expect(from.state.current).toBe('RESTARTED');
    expect(from.counts.busy).toBe(1);
  });

  test('drops later iterations of a loop that runs one at a time, and keeps them otherwise', async () => {
    const each = (limit: number) =>
      flowWithTasks(
        `  - id: each\n    type: core.flow.ForEach\n    concurrencyLimit: ${limit}\n    values: ["x", "y"]\n    tasks:\n      - ${say('a')}\n      - ${say('b')}`,
      );
    const [single, all] = await Promise.all([scenario(each(1), [[on.start()]]), scenario(each(0), [[on.start()]])]);
    expect(shown(replayed(single, 'a[x]'))).toEqual(['each RUNNING', 'a RESTARTED']);
    expect(shown(replayed(all, 'a[x]'))).toHaveLength(4);
  });

  test('drops what depends on it in a Dag, and keeps the rest', async () => {
    const world = await scenario(
      flowWithTasks(
        `  - id: d\n    type: core.flow.Dag\n    tasks:\n      - { task: ${say('a')} }\n      - { task: ${say('b')} }\n      - { task: ${say('c')}, dependsOn: [a] }\n      - { task: ${say('e')}, dependsOn: [c] }`,
      ),
      [[on.start()]],
    );
    expect(shown(replayed(world, 'a'))).toEqual(['d RUNNING', 'a RESTARTED', 'b SUCCESS']);
  });

  test('of a structural task drops its children', async () => {
    const world = await scenario(
      flowWithTasks(`  - id: seq\n    type: core.flow.Sequential\n    tasks:\n      - ${say('a')}\n  - ${say('b')}`),
      [[on.start()]],
    );
    expect(shown(replayed(world, 'seq'))).toEqual(['seq RESTARTED']);
  });
});
