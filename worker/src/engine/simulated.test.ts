/** Behaviour that the simulator once found broken, each as the shortest story that shows it. */
import { describe, expect, test } from 'vitest';
import { executionId } from '../ids.ts';
import { assert } from '../result.ts';
import { replayProblem } from './reopen.ts';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';

const edge = (id: string, more = '') => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test'${more} }`;

describe('a restart', () => {
  test('does not run an allowed failure again: what followed it has run', () =>
    scenario(
      flowWithTasks(
        `  - id: soft\n    type: core.flow.AllowFailure\n    tasks:\n      - ${edge('a')}\n  - ${edge('b')}`,
      ),
      [
        [on.start()],
        [on.fail('a'), will.run('b')],
        [on.fail('b'), will.finish('FAILED')],
        [on.restart(), will.run('b'), will.show('soft', 'a', 'b')],
        [on.succeed('b'), will.finish('WARNING')],
      ],
    ));

  test('that gets no slot is cancelled, without waiting for an attempt that is long over', () =>
    scenario(
      flowOf(`id: c\nnamespace: company.team\nconcurrency: { limit: 1, behavior: CANCEL }\ntasks:\n  - ${edge('a')}`),
      [
        [on.start()],
        [on.event(({ now }) => ({ type: 'slot.granted', at: now }))],
        [on.fail('a'), will.finish('FAILED')],
        [on.restart(), will.ask('acquire-slot')],
        [on.event(({ now }) => ({ type: 'slot.refused', at: now, behavior: 'CANCEL' })), will.finish('CANCELLED')],
      ],
    ));
});

describe('an execution paused by a person', () => {
  test('goes on with a loop whose interval ended meanwhile', () =>
    scenario(
      flowWithTasks(
        `  - id: loop\n    type: core.flow.LoopUntil\n    condition: "{{ outputs.a.code == 200 }}"\n    checkFrequency: { interval: PT1S }\n    tasks:\n      - ${edge('a')}`,
      ),
      [
        [on.start()],
        [on.succeed('a', { code: 1 }), will.wait('PT1S')],
        [on.pause()],
        [on.tick('PT5S'), will.run()],
        [on.resume(), will.run('a')],
      ],
    ));

  test('begins a directory that was lost meanwhile again, without what had ended in it', () =>
    scenario(
      flowWithTasks(
        `  - id: wd\n    type: core.flow.WorkingDirectory\n    tasks:\n      - { id: a, type: scripts.shell.Commands, commands: [ls] }\n      - { id: b, type: scripts.shell.Commands, commands: [ls] }`,
      ),
      [
        [on.start(), will.run('wd')],
        [on.started('wd'), will.run('a')],
        [on.pause()],
        [on.succeed('a'), will.run()],
        [on.lost('wd'), will.run('wd')],
        [on.started('wd'), will.run()],
        [on.resume(), will.run('a')],
      ],
    ));

  test('is not started again by a slot that is granted twice', async () => {
    const granted = on.event(({ now }) => ({ type: 'slot.granted', at: now }));
    const world = await scenario(
      flowOf(`id: c\nnamespace: company.team\nconcurrency: { limit: 1 }\ntasks:\n  - ${edge('a')}\n  - ${edge('b')}`),
      [[on.start()], [granted], [on.pause()], [granted, will.be('PAUSED'), will.run()]],
    );
    expect(world.execution?.held).toBeDefined();
  });
});

describe('afterExecution', () => {
  const after = (task: string) =>
    flowWithTasks(`  - { id: a, type: core.log.Log, message: a }`, `afterExecution:\n  - ${task}`);

  test('cannot end the execution again by a retry as a new execution', () =>
    scenario(
      after(
        edge('late', ', retry: { type: constant, behavior: CREATE_NEW_EXECUTION, interval: PT1S, maxAttempts: 3 }'),
      ),
      [
        [on.start(), will.finish('SUCCESS'), will.run('late')],
        [on.fail('late'), will.finish('SUCCESS'), will.have({ late: 'FAILED' }), will.ask()],
      ],
    ));

  test('may pause, and is resumed by a person', () =>
    scenario(after('{ id: wait, type: core.flow.Pause }'), [
      [on.start(), will.finish('SUCCESS'), will.have({ wait: 'PAUSED' })],
      [on.resume(), will.finish('SUCCESS'), will.have({ wait: 'SUCCESS' })],
    ]));
});

describe('a replay of an execution that still runs', () => {
  const parallel = flowWithTasks(
    `  - id: both\n    type: core.flow.Parallel\n    tasks:\n      - ${edge('a')}\n      - { id: b, type: core.log.Log, message: b }`,
  );

  test('runs again what had not ended, in attempts of its own', async () => {
    const world = await scenario(parallel, [
      [on.start(), will.run('a')],
      [on.replay('b'), will.run('a'), will.have({ b: 'SUCCESS' })],
      [on.succeed('a'), will.finish('SUCCESS')],
    ]);
    expect(world.run('a').attempts.map(({ state }) => state.current)).toEqual(['SUCCESS']);
  });

  test('goes on with a loop that waited for its next iteration', () =>
    scenario(
      flowWithTasks(
        `  - id: both\n    type: core.flow.Parallel\n    tasks:\n      - ${edge('a')}\n      - id: loop\n        type: core.flow.LoopUntil\n        condition: 'false'\n        checkFrequency: { interval: PT1S, maxIterations: 2 }\n        tasks:\n          - ${edge('b')}`,
      ),
      [
        [on.start(), will.run('a', 'b')],
        [on.succeed('b'), will.wait('PT1S')],
        [on.replay('a'), will.run('a'), will.wait('PT1S')],
        [on.tick('PT1S'), will.run('b')],
      ],
    ));

  test('starts executions of its own instead of waiting for those of the other', () => {
    const child = executionId(0, new Uint8Array(19).fill(1));
    return scenario(
      flowWithTasks(`  - { id: call, type: core.flow.Subflow, namespace: company.team, flowId: child }`),
      [
        [on.start(), will.startChild('call')],
        [on.childStarted('call', child)],
        [on.childEnded('call', child, 'FAILED'), will.finish('FAILED')],
        [on.replay('call'), will.startChild('call')],
      ],
    );
  });

  test('cannot begin at a task that handles the end of others', async () => {
    const flow = flowOf(
      `id: f\nnamespace: company.team\ntasks:\n  - ${edge('a')}\nfinally:\n  - { id: after, type: core.log.Log, message: x }`,
    );
    const { execution } = await scenario(flow, [[on.start()], [on.succeed('a'), will.finish('SUCCESS')]]);
    assert(execution, 'it was created');
    expect(replayProblem(flow, execution, 1)).toBe(
      "The task 'after' handles the end of other tasks: replay from one of those.",
    );
    expect(replayProblem(flow, execution, 0)).toBeUndefined();
    const renamed = flowWithTasks(`  - ${edge('other')}`);
    expect(replayProblem(renamed, execution, 0)).toBe("The flow has no task 'a' in this revision.");
  });
});

describe('a task run whose state a person changed', () => {
  test('does not run again what followed its softened parent', () =>
    scenario(
      flowWithTasks(
        `  - id: soft\n    type: core.flow.AllowFailure\n    tasks:\n      - ${edge('a')}\n      - ${edge('b')}\n  - ${edge('c')}`,
      ),
      [
        [on.start()],
        [on.fail('a'), will.run('c')],
        [on.succeed('c'), will.finish('WARNING')],
        [on.change('a', 'SUCCESS'), will.run('b')],
        [on.succeed('b'), will.run(), will.show('soft', 'a', 'c', 'b'), will.finish('SUCCESS')],
      ],
    ));

  test('fails the execution when it is declared failed, whatever followed it', () =>
    scenario(flowWithTasks(`  - ${edge('a')}\n  - ${edge('b')}`), [
      [on.start()],
      [on.succeed('a'), will.run('b')],
      [on.succeed('b'), will.finish('SUCCESS')],
      [on.change('a', 'FAILED'), will.run(), will.finish('FAILED')],
      [on.restart(), will.run('a')],
      [on.succeed('a'), will.run(), will.finish('SUCCESS')],
    ]));

  test('ends each of its parents once, and their finally tasks run once more', () =>
    scenario(
      flowWithTasks(
        `  - id: outer\n    type: core.flow.Sequential\n    tasks:\n      - id: inner\n        type: core.flow.Sequential\n        tasks:\n          - ${edge('a')}\n    finally:\n      - ${edge('tidy')}`,
      ),
      [
        [on.start()],
        [on.fail('a'), will.run('tidy')],
        [on.succeed('tidy'), will.finish('FAILED')],
        [on.change('a', 'SUCCESS'), will.run('tidy'), will.show('outer', 'inner', 'a', 'tidy')],
        [on.succeed('tidy'), will.finish('SUCCESS')],
      ],
    ));

  test('is all that changes when it only handled the end of others', () =>
    scenario(
      flowOf(
        `id: f\nnamespace: company.team\ntasks:\n  - { id: a, type: core.log.Log, message: a }\nfinally:\n  - ${edge('tidy')}`,
      ),
      [
        [on.start(), will.run('tidy')],
        [on.fail('tidy'), will.finish('FAILED')],
        [on.change('tidy', 'SUCCESS'), will.be('FAILED'), will.have({ tidy: 'SUCCESS' }), will.ask()],
      ],
    ));

  test('takes away an afterExecution task that still waits for its retry', () =>
    scenario(
      flowOf(
        `id: f\nnamespace: company.team\ntasks:\n  - ${edge('a')}\nafterExecution:\n  - ${edge('late', ', retry: { type: constant, interval: PT1S, maxAttempts: 3 }')}`,
      ),
      [
        [on.start()],
        [on.fail('a'), will.be('FAILED'), will.run('late')],
        [on.fail('late'), will.wait('PT1S')],
        [on.change('a', 'SUCCESS'), will.be('SUCCESS'), will.run('late')],
      ],
    ));
});

describe('an event that changes nothing', () => {
  test('leaves the same execution, so that nothing is written', async () => {
    const flow = flowWithTasks(`  - ${edge('a')}\n  - ${edge('b')}`);
    const world = await scenario(flow, [[on.start()], [on.succeed('a')]]);
    const before = world.execution;
    await world.happen({ type: 'task.finished', at: world.now, taskRun: 0, attempt: 1, state: 'FAILED' });
    expect(world.execution).toBe(before);
  });

  test('is the answer to a task run that a reopening took away', async () => {
    const flow = flowOf(
      `id: f\nnamespace: company.team\ntasks:\n  - ${edge('a')}\nafterExecution:\n  - ${edge('late')}`,
    );
    const world = await scenario(flow, [[on.start()], [on.fail('a'), will.run('late')]]);
    const { index } = world.run('late');
    world.effects = [];
    await world.happen({ type: 'execution.restarted', at: world.now });
    expect(world.effects.filter(({ type }) => type === 'cancel-task')).toMatchObject([{ taskRun: index }]);
    const before = world.execution;
    await world.happen({ type: 'task.finished', at: world.now, taskRun: index, attempt: 1, state: 'SUCCESS' });
    expect(world.execution).toBe(before);
  });
});
