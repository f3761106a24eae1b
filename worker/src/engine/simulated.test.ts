/** Behaviour that the simulator once found broken, each as the shortest story that shows it. */
import { describe, expect, test } from 'vitest';
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
