import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DIAGNOSTICS_MAX } from '../limits.ts';
import { cpuMsOf } from '../testing/cpu-time.ts';
import { compileFlow, compileFlows } from './compile.ts';

const CPU_MS_MAX = 200;

const SOURCE = `id: everything
namespace: company.team
labels: { team: data }
inputs:
  - { id: name, type: STRING, defaults: World, validator: "[A-Z].*" }
  - { id: kind, type: SELECT, values: [a, b], dependsOn: { inputs: [name], condition: "{{ inputs.name == 'x' }}" } }
variables: &shared { level: WARN, list: [1, 2.5, true, null] }
concurrency: { limit: 2, behavior: QUEUE }
retry: { type: constant, interval: PT1S, maxAttempts: 3 }
pluginDefaults:
  - { type: core.log.Log, values: { level: DEBUG } }
tasks:
  - id: each
    type: core.flow.ForEach
    values: "{{ inputs.list }}"
    tasks:
      - { id: log, type: core.log.Log, message: "{{ taskrun.value }}" }
      - id: choose
        type: core.flow.Switch
        value: "{{ taskrun.value }}"
        cases: { one: [{ id: one, type: core.debug.Return, format: x }] }
        defaults: [{ id: other, type: core.flow.Sleep, duration: PT1S }]
  - id: dag
    type: core.flow.Dag
    tasks:
      - task: { id: a, type: core.http.Request, uri: "https://example.com", options: { auth: { type: BEARER, token: x } } }
      - task: { id: b, type: scripts.python.Script, script: print(1), taskRunner: { type: core.runner.Process } }
        dependsOn: [a]
errors: [{ id: alert, type: core.log.Log, message: ["{{ errorLogs() }}"] }]
outputs: [{ id: total, type: INT, value: "{{ outputs.a.code }}" }]
triggers:
  - { id: daily, type: core.trigger.Schedule, cron: "@daily", timezone: Europe/Paris, conditions: [{ type: core.condition.Weekend }] }
  - id: after
    type: core.trigger.Flow
    preconditions: { id: p, timeWindow: { type: SLIDING_WINDOW, window: PT1H }, flows: [{ namespace: company.team, flowId: x }] }
sla: [{ id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL }]
`;

const PIECES = [
  '',
  ' ',
  '\n',
  '  ',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '*shared',
  '&x ',
  '<<: *shared',
  '!!str ',
  '{{',
  '}}',
  'null',
  '~',
  '-1',
  '1e999',
  '.nan',
  '0x',
  'tasks:',
  'type: ',
  '__proto__: ',
  '\t',
  '\u0000',
  '\ud800',
  '|',
  '>',
  '#',
  '---\n',
  'core.flow.If',
  '[]',
  '{}',
];

interface Edit {
  at: number;
  remove: number;
  insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(SOURCE.length),
  remove: fc.oneof(fc.nat(3), fc.nat(200)),
  insert: fc.oneof(
    fc.constantFrom(...PIECES),
    fc.string({ maxLength: 12 }),
    fc.nat(SOURCE.length - 1).map((from) => SOURCE.slice(from, from + 40)),
  ),
});

function changed(edits: Edit[]): string {
  return edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), SOURCE);
}

test('the source that is changed is a good one', () => {
  expect(compileFlow(SOURCE).diagnostics).toEqual([]);
});

test('whatever is changed in a source, the answer is a flow or faults with places in it', { timeout: 60_000 }, () => {
  return fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const source = changed(edits);
      expect(await cpuMsOf(() => compileFlow(source), CPU_MS_MAX)).toBeLessThanOrEqual(CPU_MS_MAX);
      const lastLine = source.split('\n').length + 1;
      const { flow, diagnostics } = compileFlow(source);
      expect(diagnostics.length).toBeLessThanOrEqual(DIAGNOSTICS_MAX);
      expect(flow === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      for (const { line, column, endLine, message } of diagnostics) {
        expect(line >= 1 && line <= lastLine && column >= 1 && endLine >= line).toBe(true);
        expect(message).not.toBe('');
      }
      expect(() => compileFlows(source)).not.toThrow();
    }),
    { numRuns: 400 },
  );
});

test('any value at any place of a flow is answered', { timeout: 60_000 }, () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const names = [
    'id',
    'namespace',
    'labels',
    'inputs',
    'tasks',
    'errors',
    'triggers',
    'outputs',
    'pluginDefaults',
    'retry',
    'sla',
    'checks',
    'concurrency',
    'listeners',
    'variables',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...names), value, value, (name, first, second) => {
      const source = JSON.stringify({
        id: 'a',
        namespace: 'b',
        tasks: [{ id: 't', type: 'core.flow.If', condition: first, then: second }],
        [name]: first,
      });
      expect(Array.isArray(compileFlow(source).diagnostics)).toBe(true);
    }),
    { numRuns: 400 },
  );
});
