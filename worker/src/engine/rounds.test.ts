import { describe, expect, test } from 'vitest';
import { flowWithTasks } from '../testing/flow-with-tasks.ts';
import { on, scenario, will } from '../testing/scenario.ts';

const edge = (id: string) => `{ id: ${id}, type: core.http.Request, uri: 'https://x.test/{{ item.value }}' }`;
const say = (id: string, format: string) => `{ id: ${id}, type: core.debug.Return, format: '${format}' }`;

const loop = (values: string, tasks: string[], more: string[] = []) =>
  ['- id: loop', '  type: core.flow.Loop', `  values: ${values}`, ...more.map((line) => `  ${line}`), '  tasks:']
    .concat(tasks.map((task) => `    - ${task}`))
    .map((line) => `  ${line}`)
    .join('\n');

describe('a Loop', () => {
  test('gives each round its item, and afterwards what each has declared', () =>
    scenario(
      flowWithTasks(
        `${loop(
          '[a, b, a]',
          [say('x', '{{ item.index }}{{ item.value }}'), say('y', '{{ outputs.x.value }}!')],
          ['outputs: [{ id: said, type: STRING, value: "{{ outputs.y.value }}" }]'],
        )}\n  - ${say('end', '{{ loopOutputs(outputs.loop.outputs, "said") | join(",") }} of {{ outputs.loop.iterationCount }}')}`,
      ),
      [
        [
          on.start(),
          will.finish('SUCCESS'),
          will.output('end', { value: '0a!,1b!,2a! of 3' }),
          will.output('loop', {
            outputs: [
              { item: { value: 'a', iteration: 0 }, outputs: { said: '0a!' } },
              { item: { value: 'b', iteration: 1 }, outputs: { said: '1b!' } },
              { item: { value: 'a', iteration: 2 }, outputs: { said: '2a!' } },
            ],
          }),
        ],
      ],
    ));

  test.each([
    ['\'{"k": 1, "l": {"m": 2}}\'', 'k=1 l={"m":2}'],
    ['{ k: 1, l: x }', 'k=1 l=x'],
  ])('over the map %s gives the key of each value', async (values, said) => {
    const flow = flowWithTasks(
      `${loop(values, [say('x', '{{ item.key }}={{ item.value }}')], ['outputs: [{ id: o, value: "{{ outputs.x.value }}" }]'])}
  - ${say('end', '{{ loopOutputs(outputs.loop.outputs, "o") | join(" ") }}')}`,
    );
    await scenario(flow, [[on.start(), will.finish('SUCCESS'), will.output('end', { value: said })]]);
  });

  test('over a stored file has a round for each of its lines', () =>
    scenario(
      flowWithTasks(`${loop('kestra:///in/lines.txt', [say('x', '{{ item.value }}')])}
  - ${say('end', '{{ outputs.loop.outputs[1].item.value }}')}`),
      [[on.start(), will.finish('SUCCESS'), will.output('end', { value: 'two' })]],
      { files: { 'kestra:///in/lines.txt': 'one\ntwo\n' } },
    ));

  test('keeps its tasks to itself', () =>
    scenario(flowWithTasks(`${loop('[a]', [say('x', 'hidden')])}\n  - ${say('end', '{{ outputs.x.value }}')}`), [
      [on.start(), will.finish('FAILED'), will.log('x')],
    ]));

  test('lets its tasks see what is around it, and a loop inside the item of the outer one', () =>
    scenario(
      flowWithTasks(`
  - ${say('before', 'seen')}
  - id: outer
    type: core.flow.Loop
    values: [a, b]
    outputs: [{ id: all, value: '{{ loopOutputs(outputs.inner.outputs, "o") | join(",") }}' }]
    tasks:
      - ${say('x', '{{ item.value }}')}
      - id: inner
        type: core.flow.Loop
        values: [1, 2]
        outputs: [{ id: o, value: '{{ outputs.y.value }}' }]
        tasks:
          - ${say('y', '{{ outputs.before.value }} {{ outputs.x.value }}{{ item.value }} in {{ item.parent.value }} {{ item.parents[0].index }}')}
  - ${say('end', '{{ loopOutputs(outputs.outer.outputs, "all") | join(";") }}')}`),
      [
        [
          on.start(),
          will.finish('SUCCESS'),
          will.output('end', { value: 'seen a1 in a 0,seen a2 in a 0;seen b1 in b 1,seen b2 in b 1' }),
        ],
      ],
    ));

  test('reads a ForEach inside a round by its own values alone', () =>
    scenario(
      flowWithTasks(`
  - id: loop
    type: core.flow.Loop
    values: [a]
    tasks:
      - id: each
        type: core.flow.ForEach
        values: [p, q]
        tasks: [${say('x', '{{ item.value }}{{ taskrun.value }}')}]
      - ${say('after', '{{ outputs.x.p.value }}{{ outputs.x.q.value }}')}`),
      [[on.start(), will.finish('SUCCESS'), will.output('after', { value: 'apaq' })]],
    ));

  test('runs as many rounds at a time as it may', () =>
    scenario(flowWithTasks(loop('[a, b, c]', [edge('x'), edge('y')], ['concurrencyLimit: 2'])), [
      [on.start(), will.run('x[a]', 'x[b]')],
      [on.succeed('x[b]'), will.run('y[b]')],
      [on.succeed('y[b]'), will.run('x[c]')],
    ]));

  test('starts no round after one that failed, and fails', () =>
    scenario(flowWithTasks(loop('[a, b]', [edge('x'), edge('y')])), [
      [on.start(), will.run('x[a]')],
      [on.fail('x[a]'), will.finish('FAILED'), will.output('loop', { iterationCount: 1 })],
    ]));

  test('goes on after a failed round when it does not pass failures on; that round gives nothing', () =>
    scenario(
      flowWithTasks(
        loop(
          '[a, b]',
          [edge('x'), edge('y')],
          ['transmitFailed: false', 'outputs: [{ id: o, value: "{{ outputs.y.code }}" }]'],
        ),
      ),
      [
        [on.start(), will.run('x[a]')],
        [on.fail('x[a]'), will.run('x[b]')],
        [on.succeed('x[b]'), will.run('y[b]')],
        [
          on.succeed('y[b]', { code: 200 }),
          will.finish('SUCCESS'),
          will.output('loop', { outputs: [{ outputs: {} }, { outputs: { o: '200' } }] }),
        ],
      ],
    ));

  test('fails when an output cannot be rendered, and says which', () =>
    scenario(flowWithTasks(loop('[a]', [say('x', 'y')], ['outputs: [{ id: o, value: "{{ nowhere }}" }]'])), [
      [on.start(), will.finish('FAILED'), will.log('nowhere')],
    ]));

  test('without items is done at once', () =>
    scenario(flowWithTasks(loop('[]', [say('x', 'y')])), [
      [on.start(), will.finish('SUCCESS'), will.output('loop', { iterationCount: 0, outputs: [] })],
    ]));

  test('refuses to keep what it gives in a file', () =>
    scenario(flowWithTasks(loop('[a]', [say('x', 'y')], ['fetchType: STORE'])), [
      [on.start(), will.finish('FAILED'), will.log('STORE is not supported')],
    ]));

  test('restarts the round that failed, and keeps what the others gave', async () => {
    const flow = flowWithTasks(
      loop('[a, b]', [edge('x')], ['outputs: [{ id: o, value: "{{ item.value }}{{ outputs.x.code }}" }]']),
    );
    const world = await scenario(flow, [
      [on.start(), will.run('x[a]')],
      [on.succeed('x[a]', { code: 1 }), will.run('x[b]')],
      [on.fail('x[b]'), will.finish('FAILED')],
      [on.restart(), will.run('x[b]')],
      [on.succeed('x[b]', { code: 2 }), will.finish('SUCCESS')],
    ]);
    expect(world.run('loop').outputs?.outputs).toMatchObject([{ outputs: { o: 'a1' } }, { outputs: { o: 'b2' } }]);
  });
});
