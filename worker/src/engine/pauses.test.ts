import { describe, expect, test } from 'vitest';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';

const say = (id: string) => `{ id: ${id}, type: core.debug.Return, format: ${id} }`;
const pause = (more: string) => flowWithTasks(`  - { id: wait, type: core.flow.Pause, ${more} }\n  - ${say('b')}`);

describe('a pause with a duration', () => {
  test('goes on by itself', async () => {
    const world = await scenario(pause('pauseDuration: PT5S'), [
      [on.start(), will.be('PAUSED'), will.wait('PT5S')],
      [on.tick('PT5S'), will.finish('SUCCESS'), will.show('wait', 'b')],
    ]);
    expect(world.run('wait').state.histories.map(({ state }) => state)).toEqual([
      'CREATED',
      'RUNNING',
      'PAUSED',
      'RUNNING',
      'SUCCESS',
    ]);
  });

  test('ends as its behaviour says', () =>
    Promise.all([
      scenario(pause('pauseDuration: PT5S, behavior: WARN'), [[on.start()], [on.tick('PT5S'), will.finish('WARNING')]]),
      scenario(pause('pauseDuration: PT5S, behavior: FAIL'), [[on.start()], [on.tick('PT5S'), will.finish('FAILED')]]),
      scenario(pause('pauseDuration: PT5S, behavior: CANCEL'), [
        [on.start()],
        [on.tick('PT5S'), will.finish('CANCELLED')],
      ]),
    ]));

  test('that a person ends early does not end twice', () =>
    scenario(pause('pauseDuration: PT5S'), [
      [on.start()],
      [on.resume(), will.finish('SUCCESS')],
      [on.tick('PT5S'), will.ask(), will.finish('SUCCESS')],
    ]));
});

test('a pause that nobody ends in time fails', () =>
  scenario(pause('timeout: PT1H'), [
    [on.start()],
    [on.tick('PT1H'), will.finish('FAILED'), will.log('within its timeout')],
  ]));

test('a pause with tasks of its own runs them once resumed', () =>
  scenario(
    flowWithTasks(`  - id: wait\n    type: core.flow.Pause\n    tasks:\n      - ${say('inner')}\n  - ${say('b')}`),
    [
      [on.start(), will.show('wait')],
      [on.resume(), will.finish('SUCCESS'), will.show('wait', 'inner', 'b')],
    ],
  ));

test('of several pauses one is resumed by its task run, and the execution waits for the others', () =>
  scenario(
    flowWithTasks(
      `  - id: both\n    type: core.flow.Parallel\n    tasks:\n      - { id: one, type: core.flow.Pause }\n      - { id: two, type: core.flow.Pause }`,
    ),
    [
      [on.start(), will.be('PAUSED')],
      [
        on.event((world) => ({ type: 'execution.resumed', at: world.now, taskRun: world.run('two').index, by: 'ada' })),
        will.be('PAUSED'),
        will.have({ one: 'PAUSED', two: 'SUCCESS' }),
        will.output('two', { resumed: { by: 'ada' } }),
      ],
      [on.resume(), will.finish('SUCCESS')],
    ],
  ));

test('a resume of what is not paused changes nothing', () =>
  scenario(flowWithTasks(`  - { id: a, type: core.http.Request, uri: 'https://x.test' }`), [
    [on.start()],
    [on.resume(), will.be('RUNNING'), will.ask()],
  ]));
