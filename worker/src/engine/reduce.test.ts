import { describe, expect, test } from 'vitest';
import { executionId } from '../ids.ts';
import type { State } from '../protocol/states.ts';
import type { ExecutionEvent } from './event.ts';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, TEST_EXECUTION_ID, will, type World } from '../testing/scenario.ts';

const edge = (id: string, more = '') => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test'${more} }`;
function childEvent(
  world: World,
  event: { type: 'child.started' | 'child.ended' } & Record<string, unknown>,
): ExecutionEvent {
  const { index, attempts } = world.run('each_items');
  return { at: world.now, taskRun: index, attempt: attempts.length, ...event } as ExecutionEvent;
}

const say = (id: string, format = id) => `{ id: ${id}, type: core.debug.Return, format: "${format}" }`;

describe('a list of tasks', () => {
  test('runs trivial tasks in one turn, each seeing the outputs of those before', () =>
    scenario(flowWithTasks(`  - ${say('a', 'one')}\n  - ${say('b', '{{ outputs.a.value }} two')}`), [
      [on.start(), will.finish('SUCCESS'), will.output('b', { value: 'one two' }), will.ask()],
    ]));

  test('stops at the first failure', () =>
    scenario(flowWithTasks(`  - ${edge('a')}\n  - ${say('b')}`), [
      [on.start(), will.run('a')],
      [on.fail('a'), will.finish('FAILED'), will.show('a')],
    ]));

  test('goes on after a failure that is allowed', () =>
    scenario(flowWithTasks(`  - ${edge('a', ', allowFailure: true')}\n  - ${say('b')}`), [
      [on.start()],
      [on.fail('a'), will.finish('WARNING'), will.have({ a: 'WARNING', b: 'SUCCESS' })],
    ]));

  test('skips a task whose runIf is falsy, and leaves a disabled one out', () =>
    scenario(
      flowWithTasks(
        `  - ${edge('a', ', runIf: "{{ false }}"')}\n  - ${edge('b', ', disabled: true')}\n  - ${say('c')}`,
      ),
      [[on.start(), will.finish('SUCCESS'), will.show('a', 'c'), will.have({ a: 'SKIPPED' })]],
    ));

  test('fails a task whose runIf cannot be rendered', () =>
    scenario(flowWithTasks(`  - ${edge('a', ', runIf: "{{ nowhere }}"')}`), [
      [on.start(), will.finish('FAILED'), will.log('nowhere'), will.run()],
    ]));

  test('an answer that comes twice changes nothing the second time', () =>
    scenario(flowWithTasks(`  - ${edge('a')}\n  - ${edge('b')}`), [
      [on.start()],
      [on.succeed('a'), will.run('b')],
      [on.succeed('a'), will.run()],
      [on.succeed('b'), will.finish('SUCCESS')],
      [on.fail('b'), will.finish('SUCCESS'), will.ask()],
    ]));
});

describe('errors, finally and afterExecution', () => {
  const flow = (tasks: string) =>
    flowWithTasks(
      tasks,
      `errors:\n  - ${say('alert')}\nfinally:\n  - ${say('clean')}\nafterExecution:\n  - ${say('after', '{{ execution.state }}')}`,
    );

  test('run in this order after a failure, and the execution stays FAILED', () =>
    scenario(flow(`  - ${edge('a')}`), [
      [on.start()],
      [
        on.fail('a'),
        will.finish('FAILED'),
        will.show('a', 'alert', 'clean', 'after'),
        will.output('after', { value: 'FAILED' }),
      ],
    ]));

  test('errors stay out of a success', () =>
    scenario(flow(`  - ${edge('a')}`), [
      [on.start()],
      [on.succeed('a'), will.finish('SUCCESS'), will.show('a', 'clean', 'after')],
    ]));

  test('only afterExecution runs for a killed execution', () =>
    scenario(flow(`  - ${edge('a')}`), [
      [on.start()],
      [on.kill(), will.cancel('a'), will.be('KILLING')],
      [on.stop('a'), will.finish('KILLED'), will.show('a', 'after')],
    ]));

  test('local errors run before those of the flow', () =>
    scenario(
      flow(
        `  - id: seq\n    type: core.flow.Sequential\n    tasks:\n      - ${edge('a')}\n    errors:\n      - ${say('local')}`,
      ),
      [[on.start()], [on.fail('a'), will.finish('FAILED'), will.show('seq', 'a', 'local', 'alert', 'clean', 'after')]],
    ));

  test('a failing finally spoils a success', () =>
    scenario(flowWithTasks(`  - ${say('a')}`, `finally:\n  - ${edge('clean')}`), [
      [on.start(), will.run('clean')],
      [on.fail('clean'), will.finish('FAILED')],
    ]));
});

describe('structural tasks', () => {
  test('If runs one of its branches and remembers which', () =>
    scenario(
      flowWithTasks(
        `  - id: if\n    type: core.flow.If\n    condition: "{{ inputs.yes }}"\n    then:\n      - ${say('t')}\n    else:\n      - ${say('e')}`,
        'inputs:\n  - { id: yes, type: STRING }',
      ),
      [
        [
          on.start({ inputs: { yes: 'false' } }),
          will.finish('SUCCESS'),
          will.show('if', 'e'),
          will.output('if', { evaluationResult: false }),
        ],
      ],
    ));

  test('Switch without a match and without defaults fails', () =>
    scenario(
      flowWithTasks(
        `  - id: s\n    type: core.flow.Switch\n    value: "{{ 'z' }}"\n    cases:\n      a:\n        - ${say('t')}`,
      ),
      [[on.start(), will.finish('FAILED'), will.show('s')]],
    ));

  test('Parallel never runs more than its limit', () =>
    scenario(
      flowWithTasks(
        `  - id: p\n    type: core.flow.Parallel\n    concurrent: 2\n    tasks:\n      - ${edge('a')}\n      - ${edge('b')}\n      - ${edge('c')}`,
      ),
      [
        [on.start(), will.run('a', 'b')],
        [on.succeed('b'), will.run('c')],
        [on.succeed('a'), will.run()],
        [on.succeed('c'), will.finish('SUCCESS')],
      ],
    ));

  test('Parallel starts nothing more after a failure and waits for what runs', () =>
    scenario(
      flowWithTasks(
        `  - id: p\n    type: core.flow.Parallel\n    concurrent: 2\n    tasks:\n      - ${edge('a')}\n      - ${edge('b')}\n      - ${edge('c')}`,
      ),
      [
        [on.start()],
        [on.fail('a'), will.run(), will.be('RUNNING')],
        [on.succeed('b'), will.finish('FAILED'), will.show('p', 'a', 'b')],
      ],
    ));

  test('Dag starts a task when all that it depends on has ended', () =>
    scenario(
      flowWithTasks(
        `  - id: d\n    type: core.flow.Dag\n    tasks:\n      - { task: ${edge('a')} }\n      - { task: ${edge('b')}, dependsOn: [a] }\n      - { task: ${edge('c')}, dependsOn: [a] }\n      - { task: ${edge('e')}, dependsOn: [b, c] }`,
      ),
      [
        [on.start(), will.run('a')],
        [on.succeed('a'), will.run('b', 'c')],
        [on.succeed('c'), will.run()],
        [on.succeed('b'), will.run('e')],
        [on.succeed('e'), will.finish('SUCCESS')],
      ],
    ));

  test('AllowFailure turns the failure of a child into a warning', () =>
    scenario(
      flowWithTasks(
        `  - id: soft\n    type: core.flow.AllowFailure\n    tasks:\n      - ${edge('a')}\n  - ${say('b')}`,
      ),
      [[on.start()], [on.fail('a'), will.finish('WARNING'), will.show('soft', 'a', 'b')]],
    ));

  test('Sleep waits without anybody outside', () =>
    scenario(flowWithTasks(`  - { id: nap, type: core.flow.Sleep, duration: PT5S }\n  - ${say('b')}`), [
      [on.start(), will.wait('PT5S'), will.ask()],
      [on.tick('PT5S'), will.finish('SUCCESS')],
    ]));

  test('a timeout ends an attempt, and a late answer changes nothing', () =>
    scenario(flowWithTasks(`  - ${edge('a', ', timeout: PT2S')}`), [
      [on.start(), will.wait('PT2S')],
      [on.tick('PT2S'), will.cancel('a'), will.finish('FAILED')],
      [on.succeed('a'), will.finish('FAILED')],
    ]));
});

describe('ForEach', () => {
  const each = (values: string, limit: number, tasks: string) =>
    flowWithTasks(
      `  - id: each\n    type: core.flow.ForEach\n    values: ${values}\n    concurrencyLimit: ${limit}\n    tasks:\n${tasks}\n  - ${say('end')}`,
    );
  const two = `      - ${edge('a')}\n      - ${say('b', '{{ taskrun.value }}-{{ outputs.a[taskrun.value].code }}')}`;

  test('runs one iteration after the other by default, each with its own outputs', () =>
    scenario(each(`["x", "y"]`, 1, two), [
      [on.start(), will.run('a[x]')],
      [on.succeed('a[x]', { code: 1 }), will.run('a[y]'), will.output('b[x]', { value: 'x-1' })],
      [on.succeed('a[y]', { code: 2 }), will.finish('SUCCESS'), will.output('b[y]', { value: 'y-2' })],
    ]));

  test('keeps to its limit', () =>
    scenario(each(`["x", "y", "z"]`, 2, two), [
      [on.start(), will.run('a[x]', 'a[y]')],
      [on.succeed('a[y]', { code: 1 }), will.run('a[z]')],
      [on.succeed('a[x]', { code: 1 }), will.run()],
      [on.succeed('a[z]', { code: 1 }), will.finish('SUCCESS')],
    ]));

  test('starts all iterations at once without a limit: three values and two tasks are seven task runs', async () => {
    const world = await scenario(each(`["x", "y", "z"]`, 0, `      - ${say('a')}\n      - ${say('b')}`), [
      [on.start(), will.finish('SUCCESS')],
    ]);
    expect(world.runs().filter(({ taskId }) => taskId !== 'end')).toHaveLength(7);
  });

  test('ends at once over an empty list', () =>
    scenario(each('"{{ [] }}"', 1, two), [[on.start(), will.finish('SUCCESS'), will.show('each', 'end')]]));

  test('starts no new iteration after a failure', () =>
    scenario(each(`["x", "y"]`, 1, two), [
      [on.start()],
      [on.fail('a[x]'), will.finish('FAILED'), will.show('each', 'a')],
    ]));

  test('a thousand iterations are one turn', async () => {
    const values = JSON.stringify(Array.from({ length: 1_000 }, (_, n) => `v${n}`));
    const world = await scenario(each(values, 0, `      - ${say('a', '{{ taskrun.value }}')}`), [
      [on.start(), will.finish('SUCCESS')],
    ]);
    expect(world.runs()).toHaveLength(1_002);
  });
});

test('Exit ends the execution and all around it in its state, and nothing follows', () =>
  scenario(
    flowWithTasks(
      `  - id: both\n    type: core.flow.Parallel\n    tasks:\n      - ${edge('a')}\n      - { id: exit, type: core.execution.Exit, state: WARNING }\n  - ${say('end')}`,
    ),
    [
      [on.start(), will.cancel('a'), will.have({ both: 'WARNING', exit: 'WARNING', a: 'KILLING' })],
      [on.stop('a'), will.finish('WARNING'), will.show('both', 'a', 'exit')],
    ],
  ));

describe('LoopUntil', () => {
  const loop = flowWithTasks(
    `  - id: loop\n    type: core.flow.LoopUntil\n    condition: "{{ outputs.a.code == 200 }}"\n    checkFrequency: { interval: PT3S, maxIterations: 2 }\n    failOnMaxReached: true\n    tasks:\n      - ${edge('a')}`,
  );

  test('runs its tasks again after its interval until the condition holds', () =>
    scenario(loop, [
      [on.start(), will.run('a')],
      [on.succeed('a', { code: 503 }), will.wait('PT3S')],
      [on.tick('PT3S'), will.run('a'), will.show('loop', 'a')],
      [on.succeed('a', { code: 200 }), will.finish('SUCCESS'), will.output('loop', { iterationCount: 2 })],
    ]));

  test('fails at its maximum when it says so', () =>
    scenario(loop, [
      [on.start()],
      [on.succeed('a', { code: 1 })],
      [on.tick('PT3S')],
      [on.succeed('a', { code: 1 }), will.finish('FAILED')],
    ]));
});

describe('Subflow', () => {
  const child = executionId(1, new Uint8Array(19).fill(7));
  const flow = flowWithTasks(
    `  - { id: sub, type: core.flow.Subflow, namespace: company.team, flowId: child }\n  - ${say('b')}`,
  );

  test('waits for its child and shows its outputs', () =>
    scenario(flow, [
      [on.start(), will.startChild('sub')],
      [on.childStarted('sub', child), will.output('sub', { executionId: child })],
      [
        on.childEnded('sub', child, 'SUCCESS', { x: 1 }),
        will.finish('SUCCESS'),
        will.output('sub', { outputs: { x: 1 } }),
      ],
    ]));

  test('fails with its child', () =>
    scenario(flow, [
      [on.start()],
      [on.childStarted('sub', child)],
      [on.childEnded('sub', child, 'FAILED'), will.finish('FAILED')],
    ]));

  test('restarts its failed child when it is restarted itself', () =>
    scenario(flow, [
      [on.start()],
      [on.childStarted('sub', child)],
      [on.childEnded('sub', child, 'FAILED'), will.finish('FAILED')],
      [on.restart(), will.ask('restart-child')],
      [on.childEnded('sub', child, 'SUCCESS'), will.finish('SUCCESS')],
    ]));

  test('kills its child with the execution', () =>
    scenario(flow, [
      [on.start()],
      [on.childStarted('sub', child)],
      [on.kill(), will.ask('kill-child')],
      [on.childEnded('sub', child, 'KILLED'), will.finish('KILLED')],
    ]));

  test('kills a child that starts after the kill', () =>
    scenario(flow, [[on.start()], [on.kill(), will.ask()], [on.childStarted('sub', child), will.ask('kill-child')]]));
});

describe('ForEachItem', () => {
  const child = (n: number) => executionId(1, new Uint8Array(19).fill(n));
  const flow = flowWithTasks(
    `  - { id: each, type: core.flow.ForEachItem, items: 'kestra:///f', namespace: company.team, flowId: child, concurrencyLimit: 2, inputs: { file: '{{ taskrun.items }}' } }\n  - ${say('end')}`,
  );
  const splits = `kestra:///company/team/test/executions/${TEST_EXECUTION_ID}/tasks/each-split/x/splits.txt`;
  const files = { [splits]: 'a\nb\nc\n' };
  const started = (item: number) =>
    on.event((world) => childEvent(world, { type: 'child.started', item, executionId: child(item) }));
  const endedAs = (item: number, state: State) =>
    on.event((world) =>
      childEvent(world, { type: 'child.ended', executionId: child(item), state, outputs: { n: item } }),
    );

  test('cuts the file, starts an execution for each batch within its limit, and collects what they gave', () =>
    scenario(
      flow,
      [
        [on.start(), will.run('each_split')],
        [on.succeed('each_split', { splits }), will.startChild('each_items', 'each_items')],
        [started(0), will.startChild()],
        [started(1), will.startChild()],
        [endedAs(1, 'SUCCESS'), will.startChild('each_items')],
        [started(2)],
        [endedAs(0, 'SUCCESS')],
        [endedAs(0, 'SUCCESS')],
        [
          endedAs(2, 'SUCCESS'),
          will.run('each_merge'),
          will.output('each_items', { numberOfBatches: 3, iterations: { SUCCESS: 3 } }),
        ],
        [
          on.succeed('each_merge'),
          will.finish('SUCCESS'),
          will.show('each', 'each_split', 'each_items', 'each_merge', 'end'),
        ],
      ],
      { files },
    ));

  test('fails with one of its executions', () =>
    scenario(
      flow,
      [
        [on.start()],
        [on.succeed('each_split', { splits })],
        [started(0)],
        [started(1)],
        [endedAs(0, 'FAILED')],
        [endedAs(1, 'SUCCESS')],
        [started(2)],
        [
          endedAs(2, 'SUCCESS'),
          will.finish('FAILED'),
          will.output('each_items', { iterations: { SUCCESS: 2, FAILED: 1 } }),
        ],
      ],
      { files },
    ));

  test('kills those that run, and starts no more', () =>
    scenario(
      flow,
      [
        [on.start()],
        [on.succeed('each_split', { splits })],
        [started(0)],
        [on.kill(), will.ask('kill-child')],
        [started(1), will.ask('kill-child')],
        [endedAs(0, 'KILLED')],
        [endedAs(1, 'KILLED'), will.finish('KILLED'), will.startChild()],
      ],
      { files },
    ));
});

describe('Pause', () => {
  const flow = flowWithTasks(
    `  - { id: wait, type: core.flow.Pause }\n  - ${say('b', '{{ outputs.wait.onResume.x }}')}`,
  );

  test('waits for a person, whose inputs become its outputs', () =>
    scenario(flow, [
      [on.start(), will.be('PAUSED'), will.have({ wait: 'PAUSED' })],
      [on.resume({ x: 'yes' }), will.finish('SUCCESS'), will.output('b', { value: 'yes' })],
    ]));

  test('is killed at once', () => scenario(flow, [[on.start()], [on.kill(), will.finish('KILLED')]]));

  test('an execution paused by a person starts nothing new until it is resumed', () =>
    scenario(flowWithTasks(`  - ${edge('a')}\n  - ${edge('b')}`), [
      [on.start()],
      [on.pause(), will.be('PAUSED')],
      [on.succeed('a'), will.be('PAUSED'), will.run()],
      [on.resume(), will.be('RUNNING'), will.run('b')],
    ]));
});

describe('a task on a runner', () => {
  const flow = flowWithTasks(`  - { id: script, type: scripts.shell.Commands, commands: [ls] }`);

  test('runs from the moment a runner takes it', () =>
    scenario(flow, [
      [on.start(), will.run('script'), will.have({ script: 'CREATED' })],
      [on.started('script'), will.have({ script: 'RUNNING' })],
      [on.succeed('script'), will.finish('SUCCESS')],
    ]));

  test('is made again when its runner is lost, three times at most', () =>
    scenario(flow, [
      [on.start()],
      [on.lost('script'), will.run('script')],
      [on.lost('script'), will.run('script')],
      [on.lost('script'), will.run('script')],
      [on.lost('script'), will.finish('FAILED')],
    ]));
});

describe('restart', () => {
  test('runs only what failed again, in the same execution', () =>
    scenario(flowWithTasks(`  - ${say('a')}\n  - ${edge('b')}\n  - ${say('c')}`, `errors:\n  - ${say('alert')}`), [
      [on.start()],
      [on.fail('b'), will.finish('FAILED'), will.show('a', 'b', 'alert')],
      [on.restart(), will.run('b'), will.show('a', 'b')],
      [on.succeed('b'), will.finish('SUCCESS'), will.show('a', 'b', 'c')],
    ]));

  test('goes on inside loops and branches', () =>
    scenario(
      flowWithTasks(
        `  - id: each\n    type: core.flow.ForEach\n    values: ["x", "y"]\n    concurrencyLimit: 1\n    tasks:\n      - id: if\n        type: core.flow.If\n        condition: "true"\n        then:\n          - ${edge('a')}\n      - ${say('b')}`,
      ),
      [
        [on.start(), will.run('a')],
        [on.fail('a'), will.finish('FAILED')],
        [on.restart(), will.run('a')],
        [on.succeed('a'), will.run('a')],
        [on.succeed('a'), will.finish('SUCCESS'), will.show('each', 'if', 'a', 'b', 'if', 'a', 'b')],
      ],
    ));

  test('changes nothing when nothing failed', () =>
    scenario(flowWithTasks(`  - ${say('a')}`), [[on.start()], [on.restart(), will.finish('SUCCESS'), will.ask()]]));
});

describe('flow outputs', () => {
  const flow = (value: string) =>
    flowOf(
      `id: o\nnamespace: company.team\ntasks:\n  - ${say('a', '7')}\noutputs:\n  - { id: x, type: INT, value: "${value}" }`,
    );

  test('are rendered and typed at the end', async () => {
    const world = await scenario(flow('{{ outputs.a.value }}'), [[on.start(), will.finish('SUCCESS')]]);
    expect(world.execution?.outputs).toEqual({ x: 7 });
  });

  test('fail the execution when they cannot be rendered', () =>
    scenario(flow('{{ outputs.b.value }}'), [[on.start(), will.finish('FAILED'), will.log('outputs.b')]]));
});

describe('concurrency', () => {
  const flow = flowOf(`id: c\nnamespace: company.team\nconcurrency: { limit: 1 }\ntasks:\n  - ${edge('a')}`);

  test('asks for a slot before it starts and gives it back at the end', () =>
    scenario(flow, [
      [on.start(), will.ask('acquire-slot'), will.be('CREATED')],
      [on.event(({ now }) => ({ type: 'slot.granted', at: now })), will.run('a')],
      [on.succeed('a'), will.finish('SUCCESS'), will.ask('release-slot')],
    ]));

  test('waits in the queue, from which a kill takes it', () =>
    scenario(flow, [
      [on.start()],
      [on.event(({ now }) => ({ type: 'slot.refused', at: now, behavior: 'QUEUE' })), will.be('QUEUED')],
      [on.kill(), will.finish('KILLED'), will.ask('release-slot')],
    ]));
});
