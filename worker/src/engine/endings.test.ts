import { describe, expect, test } from 'vitest';
import { executionId } from '../ids.ts';
import { TASK_RUNS_PER_EXECUTION_MAX } from '../limits.ts';
import { flowOf } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';

const edge = (id: string) => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test' }`;
const withSla = (sla: string, tasks = `  - ${edge('a')}`) =>
  flowOf(`id: s\nnamespace: company.team\nsla:\n${sla}\ntasks:\n${tasks}`);

describe('a maximum duration', () => {
  const sla = (behavior: string) =>
    withSla(`  - { id: late, type: MAX_DURATION, duration: PT10S, behavior: ${behavior}, labels: { sla: missed } }`);

  test('cancels what still runs then, and labels it', async () => {
    const world = await scenario(sla('CANCEL'), [
      [on.start(), will.wait('PT10S')],
      [on.tick('PT10S'), will.cancel('a'), will.be('RUNNING')],
      [on.stop('a'), will.finish('CANCELLED'), will.log("SLA 'late'")],
    ]);
    expect(world.execution?.labels).toEqual([{ key: 'sla', value: 'missed' }]);
  });

  test('only says so with NONE', () =>
    scenario(sla('NONE'), [
      [on.start()],
      [on.tick('PT10S'), will.be('RUNNING'), will.log("SLA 'late'")],
      [on.succeed('a'), will.finish('SUCCESS')],
    ]));

  test('is met by what ends in time', () =>
    scenario(sla('FAIL'), [[on.start()], [on.succeed('a'), will.finish('SUCCESS')]]));
});

describe('an assertion', () => {
  const sla = (assert: string, more = '') =>
    withSla(
      `  - { id: sure, type: EXECUTION_ASSERTION, assert: "${assert}", behavior: FAIL }${more}`,
      `  - { id: v, type: core.debug.Return, format: bad }\n  - ${edge('a')}`,
    );

  test('fails the execution as soon as it is found false', () =>
    scenario(sla('{{ outputs.v.value == "good" }}'.replaceAll('"', "'")), [
      [on.start(), will.cancel('a')],
      [on.stop('a'), will.finish('FAILED')],
    ]));

  test('that cannot be rendered yet is not missed', () =>
    scenario(sla('{{ outputs.later.value }}'), [
      [on.start(), will.run('a')],
      [on.succeed('a'), will.finish('SUCCESS')],
    ]));

  test('of several that are missed only the first acts', () =>
    scenario(
      sla('{{ false }}', `\n  - { id: also, type: EXECUTION_ASSERTION, assert: "{{ false }}", behavior: CANCEL }`),
      [[on.start(), will.log("SLA 'also' is violated as well")]],
    ));
});

describe('an execution that the engine cannot go on with', () => {
  test('fails with the reason, and waits for nothing outside', () =>
    scenario(flowOf(`id: q\nnamespace: company.team\ntasks:\n  - ${edge('a')}\n  - ${edge('b')}`), [
      [on.start(), will.run('a')],
      [
        on.event(({ now }) => ({ type: 'execution.quarantined', at: now, message: 'a bug of ours' })),
        will.finish('FAILED'),
        will.cancel('a'),
        will.have({ a: 'KILLED' }),
        will.log('a bug of ours'),
      ],
      [on.succeed('a'), will.finish('FAILED'), will.have({ a: 'KILLED' })],
    ]));
});

describe('flow outputs', () => {
  const flow = flowOf(
    `id: o\nnamespace: company.team\ntasks:\n  - ${edge('a')}\noutputs:\n  - { id: x, type: STRING, value: "{{ outputs.a.code }}" }`,
  );

  test('are left out of a failed execution that lacks what they need', async () => {
    const world = await scenario(flow, [[on.start()], [on.fail('a'), will.finish('FAILED')]]);
    expect(world.execution?.outputs).toBeUndefined();
  });

  test('are made for a failed execution that has what they need', async () => {
    const world = await scenario(flow, [
      [on.start()],
      [
        on.event((at) => ({
          type: 'task.finished',
          at: at.now,
          taskRun: at.run('a').index,
          attempt: 1,
          state: 'FAILED',
          outputs: { code: 500 },
        })),
        will.finish('FAILED'),
      ],
    ]);
    expect(world.execution?.outputs).toEqual({ x: '500' });
  });
});

test('a caller hears how its child ended', () => {
  const caller = { executionId: executionId(0, new Uint8Array(19).fill(3)), taskRun: 0, attempt: 1 };
  return scenario(flowOf(`id: c\nnamespace: company.team\ntasks:\n  - ${edge('a')}`), [
    [on.start({ caller }), will.run('a')],
    [on.succeed('a'), will.finish('SUCCESS'), will.ask('tell-caller')],
  ]);
});

test('a check that fails with FAIL_EXECUTION creates an execution that is over', () =>
  scenario(flowOf(`id: c\nnamespace: company.team\ntasks:\n  - ${edge('a')}`), [
    [on.start({ failed: 'not on a Friday' }), will.finish('FAILED'), will.show(), will.log('not on a Friday')],
  ]));

test('an execution with too many task runs fails with the name of its limit', async () => {
  const values = `{{ range(1, ${TASK_RUNS_PER_EXECUTION_MAX + 10}) }}`;
  const flow = flowOf(
    `id: wide\nnamespace: company.team\ntasks:\n  - id: each\n    type: core.flow.ForEach\n    concurrencyLimit: 0\n    values: "${values}"\n    tasks:\n      - ${edge('a')}`,
  );
  const world = await scenario(flow, [[on.start(), will.log(`limit of ${TASK_RUNS_PER_EXECUTION_MAX} task runs`)]]);
  expect(world.execution?.ending).toEqual({ state: 'FAILED' });
});
