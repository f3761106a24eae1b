import { describe, expect, test } from 'vitest';
import '../expression/all-parts.ts';
import { compileFlow, compileFlows } from './compile.ts';
import type { Compiled } from './compile.ts';

const HEAD = 'id: hello\nnamespace: company.team\n';
const TASK = 'tasks:\n  - { id: log, type: core.log.Log, message: hello }\n';

function errors({ diagnostics }: Compiled): string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
}

describe('a source without faults', () => {
  test('becomes a flow with the defaults of what it leaves out', () => {
    const { flow, diagnostics } = compileFlow(`${HEAD}${TASK}`);
    expect(diagnostics).toEqual([]);
    expect(flow).toMatchObject({
      id: 'hello',
      namespace: 'company.team',
      disabled: false,
      labels: [],
      errors: [],
      triggers: [],
    });
    expect(flow?.tasks).toMatchObject([
      {
        id: 'log',
        type: 'core.log.Log',
        kind: 'inline',
        properties: { message: 'hello' },
        lists: {},
        delivery: 'atLeastOnce',
      },
    ]);
  });

  test('reads both dialects alike', () => {
    const one = compileFlow(
      `${HEAD}tasks:\n  - { id: a, type: core.log.Log, message: x, runIf: "{{ true }}", workerGroup: { key: big } }`,
    );
    const other = compileFlow(
      `${HEAD}tasks:\n  - { id: a, type: io.kestra.core.tasks.log.Log, message: x, when: "{{ true }}", workerGroup: { key: big } }`,
    );
    const asOne = other.flow?.tasks.map((task) => ({ ...task, sourceType: 'core.log.Log' }));
    expect({ ...other.flow, tasks: asOne }).toEqual(one.flow);
    expect(other.flow?.tasks[0]?.sourceType).toBe('io.kestra.core.tasks.log.Log');
    expect(one.flow?.tasks[0]).toMatchObject({
      runIf: '{{ true }}',
      workerSelector: { group: 'big', fallback: 'WAIT' },
    });
    expect(other.diagnostics).toMatchObject([{ severity: 'info', code: 'relocated', path: 'tasks[0].type' }]);
  });

  test('puts children into lists by their place', () => {
    const { flow } = compileFlow(`${HEAD}tasks:
  - id: choose
    type: core.flow.Switch
    value: a
    cases:
      1: [{ id: one, type: core.debug.Return }]
      true: [{ id: yes, type: core.debug.Return }]
    defaults: [{ id: other, type: core.debug.Return }]
    errors: [{ id: alert, type: core.debug.Return }]
  - id: dag
    type: core.flow.Dag
    tasks:
      - task: { id: a, type: core.debug.Return }
      - task: { id: b, type: core.debug.Return }
        dependsOn: [a]
`);
    expect(Object.keys(flow?.tasks[0]?.lists ?? {})).toEqual(['cases.1', 'cases.true', 'defaults', 'errors']);
    expect(flow?.tasks[1]?.dependsOn).toEqual({ b: ['a'] });
  });

  test('keeps numbers as they were written', () => {
    const { flow } = compileFlow(
      `${HEAD}${TASK}variables: { big: 12345678901234567890, exact: 0.12345678901234567890, hex: 0x1F }`,
    );
    expect(String(flow?.variables.big)).toBe('12345678901234567890');
    expect(String(flow?.variables.exact)).toBe('0.12345678901234567890');
    expect(flow?.variables.hex).toBe(31);
  });

  test('compiles retries to milliseconds', () => {
    const { flow } = compileFlow(
      `${HEAD}${TASK}retry: { type: exponential, interval: PT1S, maxInterval: PT10S, maxAttempt: 3, maxDuration: PT1M }`,
    );
    expect(flow?.retry).toEqual({
      type: 'exponential',
      intervalMs: 1000,
      intervalMsMax: 10_000,
      delayFactor: 2,
      attemptsMax: 3,
      durationMsMax: 60_000,
      behavior: 'RETRY_FAILED_TASK',
      warningOnRetry: false,
    });
  });

  test('takes labels as a list or as a map, and scalars as texts', () => {
    const map = compileFlow(`${HEAD}${TASK}labels: { team: data, priority: 1, system.readOnly: true }`);
    const list = compileFlow(
      `${HEAD}${TASK}labels: [{ key: team, value: data }, { key: priority, value: 1 }, { key: system.readOnly, value: true }]`,
    );
    expect(map.flow?.labels).toEqual([
      { key: 'team', value: 'data' },
      { key: 'priority', value: '1' },
      { key: 'system.readOnly', value: 'true' },
    ]);
    expect(list.flow?.labels).toEqual(map.flow?.labels);
  });

  test('may use aliases and merge keys', () => {
    const { flow, diagnostics } = compileFlow(`${HEAD}variables:
  shared: &shared { level: WARN }
tasks:
  - { id: a, type: core.log.Log, message: x, <<: *shared }
`);
    expect(diagnostics).toEqual([]);
    expect(flow?.tasks[0]?.properties).toEqual({ message: 'x', level: 'WARN' });
  });

  test('may give a whole list as an expression', () => {
    const source = `${HEAD}tasks:\n  - { id: a, type: scripts.shell.Commands, commands: "{{ inputs.lines }}", outputFiles: ["*.csv"] }`;
    expect(compileFlow(source).diagnostics).toEqual([]);
  });
});

describe('a source with faults', () => {
  test('tells all of them, each with its place', () => {
    const { flow, diagnostics } = compileFlow(`id: -x
namespace: A.b
inputs:
  - { id: a, type: STRNG }
tasks:
  - id: one
    type: core.log.Log
    mesage: hello
  - id: one
    type: core.log.Lag
`);
    expect(flow).toBeUndefined();
    expect(
      diagnostics.map(({ code, path, line, column, suggestion }) => ({ code, path, line, column, suggestion })),
    ).toEqual([
      { code: 'invalid-value', path: 'id', line: 1, column: 5, suggestion: undefined },
      { code: 'invalid-value', path: 'namespace', line: 2, column: 12, suggestion: undefined },
      { code: 'unknown-type', path: 'inputs[0].type', line: 4, column: 20, suggestion: 'STRING' },
      { code: 'required', path: 'tasks[0].message', line: 6, column: 5, suggestion: undefined },
      { code: 'unknown-property', path: 'tasks[0].mesage', line: 8, column: 5, suggestion: 'message' },
      { code: 'duplicate-id', path: 'tasks[1].id', line: 9, column: 9, suggestion: undefined },
      { code: 'unknown-type', path: 'tasks[1].type', line: 10, column: 11, suggestion: 'core.log.Log' },
    ]);
  });

  test.each([
    ['a number for a list', 'tasks: 3', 'tasks: must be a list of tasks'],
    [
      'an id twice in the tree',
      `tasks:\n  - { id: a, type: core.flow.If, condition: x, then: [{ id: a, type: core.debug.Return }] }`,
      'Duplicate task id with name [a]',
    ],
    ['a reserved id', TASK, "The flow id 'kill' is reserved"],
    [
      'a system label',
      `${TASK}labels: { system.x: 1 }`,
      'System labels can only be set by Kestra itself, offending label: system.x=1',
    ],
    [
      'a call of itself',
      'tasks:\n  - { id: a, type: core.flow.Subflow, namespace: company.team, flowId: hello }',
      'a: Recursive call to flow [company.team.hello]',
    ],
    [
      'a Dag in a circle',
      'tasks:\n  - { id: d, type: core.flow.Dag, tasks: [{ task: { id: a, type: core.debug.Return }, dependsOn: [b] }, { task: { id: b, type: core.debug.Return }, dependsOn: [a] }] }',
      'd: Cyclic dependency detected: a, b',
    ],
    [
      'inputs that wait for each other',
      `${TASK}inputs: [{ id: a, type: INT, dependsOn: { inputs: [b] } }, { id: b, type: INT, dependsOn: { inputs: [a] } }]`,
      'Cyclic dependency between inputs: a, b',
    ],
    [
      'an input that waits for nobody',
      `${TASK}inputs: [{ id: a, type: INT, dependsOn: { inputs: [x] } }]`,
      "depends on the input 'x', which does not exist",
    ],
    [
      'a wrong duration',
      'tasks:\n  - { id: a, type: core.flow.Sleep, duration: 5 minutes }',
      'tasks[0].duration: Invalid duration: 5 minutes',
    ],
    [
      'an unknown zone',
      `${TASK}triggers: [{ id: t, type: core.trigger.Schedule, cron: "@daily", timezone: Europe/Pari }]`,
      "Invalid timezone: 'Europe/Pari'",
    ],
    [
      'a default of a property that is not there',
      `${TASK}pluginDefaults: [{ type: core.log.Log, values: { lvel: INFO } }]`,
      'pluginDefaults[0].values.lvel: Unrecognized field "lvel"',
    ],
    [
      'text for a list of a map',
      'tasks:\n  - { id: a, type: core.http.Request, uri: x, headers: [a] }',
      'tasks[0].headers: must be a map',
    ],
    [
      'a null for what is required',
      'tasks:\n  - { id: a, type: core.log.Log, message: null }',
      'tasks[0].message: must not be null',
    ],
    [
      'a trigger twice',
      `${TASK}triggers: [{ id: t, type: core.trigger.Flow }, { id: t, type: core.trigger.Flow }]`,
      'Duplicate trigger id with name [t]',
    ],
    [
      'a regular expression that cannot be',
      `${TASK}inputs: [{ id: a, type: STRING, validator: "a(" }]`,
      'inputs[0].validator',
    ],
  ])('%s', (_what, rest, message) => {
    const head = message.includes('kill') ? HEAD.replace('hello', 'kill') : HEAD;
    const found = errors(compileFlow(`${head}${rest}\n`));
    expect(found.join('\n')).toContain(message);
  });

  test('is not refused for what is only old or odd', () => {
    const { flow, diagnostics } = compileFlow(`${HEAD}tasks:
  - { id: a, type: core.debug.Echo, format: x }
  - { id: b, type: scripts.shell.Commands, commands: [ls], runner: PROCESS }
triggers:
  - { id: t, type: core.trigger.Flow }
`);
    expect(flow).toBeDefined();
    expect(diagnostics.map(({ severity, path }) => [severity, path])).toEqual([
      ['deprecation', 'tasks[0]'],
      ['deprecation', 'tasks[1].runner'],
      ['warning', 'triggers[0]'],
    ]);
  });
});

describe('plugin defaults', () => {
  const flowWith = (defaults: string) =>
    compileFlow(`${HEAD}tasks:\n  - { id: a, type: core.log.Log, message: x }\npluginDefaults:\n${defaults}`);

  test('fill what the task leaves out, also what it must have', () => {
    const { flow } = compileFlow(
      `${HEAD}tasks:\n  - { id: a, type: core.log.Log }\npluginDefaults: [{ type: io.kestra.plugin.core.log.Log, values: { message: from default } }]`,
    );
    expect(flow?.tasks[0]?.properties).toEqual({ message: 'from default' });
  });

  test('win when they are forced', () => {
    expect(
      flowWith('  - { type: core.log.Log, forced: true, values: { message: forced } }').flow?.tasks[0]?.properties
        .message,
    ).toBe('forced');
  });

  test('of a prefix apply where the type has the property', () => {
    const { flow, diagnostics } = flowWith('  - { type: core.log, values: { level: WARN, nothing: 1 } }');
    expect(diagnostics).toEqual([]);
    expect(flow?.tasks[0]?.properties).toEqual({ message: 'x', level: 'WARN' });
  });

  test('of the server never make a flow invalid', () => {
    const defaults = [{ type: 'core.log.Log', forced: false, values: { level: 'ERROR', unknown: 1 } }];
    const pluginDefaults = (namespace: string) => (namespace === 'company.team' ? defaults : []);
    const { flow } = compileFlow(`${HEAD}${TASK}`, { pluginDefaults });
    expect(flow?.tasks[0]?.properties).toEqual({ message: 'hello', level: 'ERROR' });
  });
});

describe('several documents', () => {
  test('are compiled one by one, and places count from the beginning of the text', () => {
    const documents = compileFlows(
      `---\n${HEAD}${TASK}---\nid: bad\nnamespace: a\ntasks:\n  - { id: a, type: nope }\n---\n# nothing\n`,
    );
    expect(documents.map(({ id, flow }) => [id, flow !== undefined])).toEqual([
      ['hello', true],
      ['bad', false],
    ]);
    expect(documents[1]?.diagnostics[0]).toMatchObject({ path: 'tasks[0].type', line: 10 });
  });

  test('are not cut inside a value', () => {
    expect(
      compileFlows(`${HEAD}tasks:\n  - { id: a, type: core.log.Log, message: "strange---string" }\n`),
    ).toHaveLength(1);
  });
});
