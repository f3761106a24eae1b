import { describe, expect, test } from 'vitest';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';
import { labelVariables, scopeFor } from './context.ts';

const say = (id: string, format: string) => `{ id: ${id}, type: core.debug.Return, format: "${format}" }`;

describe('the variables of a task run', () => {
  test('tell who it is, in which flow and execution', () =>
    scenario(
      flowOf(
        `id: who\nnamespace: company.team\nvariables: { greet: hi }\ntasks:\n  - ${say('a', '{{ flow.namespace }}.{{ flow.id }} {{ task.id }} {{ task.type }} {{ taskrun.attemptsCount }} {{ vars.greet }} {{ execution.id == execution.originalId }}')}`,
      ),
      [[on.start(), will.output('a', { value: 'company.team.who a core.debug.Return 0 hi true' })]],
    ));

  test('name the iterations around it, closest first', () =>
    scenario(
      flowWithTasks(
        `  - id: outer\n    type: core.flow.ForEach\n    values: ["o"]\n    tasks:\n      - id: inner\n        type: core.flow.ForEach\n        values: ["i"]\n        tasks:\n          - id: if\n            type: core.flow.If\n            condition: "true"\n            then:\n              - ${say('leaf', '{{ parent.taskrun.value }} {{ parents[1].taskrun.value }} {{ parents | length }}')}`,
      ),
      [[on.start(), will.output('leaf', { value: 'i o 2' })]],
    ));

  test('tell the states of tasks, by iteration where there is one', () =>
    scenario(
      flowWithTasks(
        `  - id: each\n    type: core.flow.ForEach\n    values: ["x"]\n    tasks:\n      - ${say('a', 'a')}\n  - ${say('b', "{{ tasks.each.state }} {{ tasks.a['x'].state }}")}`,
      ),
      [[on.start(), will.output('b', { value: 'SUCCESS SUCCESS' })]],
    ));

  test('keep what a task changed of the flow variables', () =>
    scenario(
      flowOf(
        `id: v\nnamespace: company.team\nvariables: { a: 1, b: 2 }\ntasks:\n  - { id: set, type: core.execution.SetVariables, variables: { a: 7, c: 3 } }\n  - { id: unset, type: core.execution.UnsetVariables, variables: [b] }\n  - ${say('r', "{{ vars.a }} {{ vars.b ?? 'gone' }} {{ vars.c }}")}`,
      ),
      [[on.start(), will.finish('SUCCESS'), will.output('r', { value: '7 gone 3' })]],
    ));
});

test('a schedule is read as trigger and as schedule, whatever the version of the flow', async () => {
  const flow = flowWithTasks(`  - ${say('a', '{{ trigger.date }} {{ schedule.date }}')}`);
  await scenario(flow, [
    [
      on.start({ trigger: { id: 't', type: 'core.trigger.Schedule', variables: { date: '2026-01-01' } } }),
      will.output('a', { value: '2026-01-01 2026-01-01' }),
    ],
  ]);
});

test('variables from outside stand beside those of the execution', async () => {
  const flow = flowWithTasks(`  - ${say('a', 'a')}`);
  const { execution } = await scenario(flow, [[on.start()]]);
  if (!execution) throw new Error('nothing has run');
  const scope = scopeFor(flow, execution, 0, {
    tenant: 'main',
    variables: { globals: { env: 'dev' } },
    item: { number: 2, value: 'kestra:///f' },
  });
  expect(scope.variable('globals')).toEqual({ env: 'dev' });
  expect(scope.variable('taskrun')).toMatchObject({ items: 'kestra:///f', iteration: 2 });
  expect(scope.variable('nothing')).toBeUndefined();
});

test('the labels of the system nest under system', () => {
  expect(labelVariables([{ key: 'team', value: 'data' }])).toEqual({ team: 'data' });
  expect(
    labelVariables([
      { key: 'system.correlationId', value: 'c' },
      { key: 'system.restarted', value: 'true' },
    ]),
  ).toEqual({ system: { correlationId: 'c', restarted: 'true' } });
});
