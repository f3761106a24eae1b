import { describe, expect, test } from 'vitest';
import { compileFlow } from '../flow/compile.ts';
import { compileTask, compileTrigger } from '../flow/compile-part.ts';
import { conditionDefinitions, triggerDefinitions } from '../triggers/registry.ts';
import { memoryWorld } from '../testing/edge-context.ts';
import { documentationOf, exampleYaml } from './documentation.ts';
import { taskRunnerDefinitions } from './runner/task-runners.ts';
import { taskDefinitions } from './registry.ts';
import { TaskFailure } from './task.ts';

const ALL = [...taskDefinitions, ...triggerDefinitions, ...conditionDefinitions, ...taskRunnerDefinitions];

describe('the registry', () => {
  test('has each type once, under each name once', () => {
    for (const definitions of [taskDefinitions, triggerDefinitions, conditionDefinitions]) {
      const names = definitions.flatMap(({ type, aliases = [] }) => [type, ...aliases]);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  test.each(ALL.map((definition) => [definition.type, definition] as const))(
    '%s tells what it is, with an example',
    (type, definition) => {
      expect(type).toMatch(/^[a-z]+(\.[a-z]+)*\.[A-Z]\w*$/);
      expect(definition.title).not.toMatch(/\.$/);
      expect(definition.examples.length).toBeGreaterThan(0);
      const { markdown, schema } = documentationOf(definition);
      expect(markdown).toContain(`# ${type}`);
      expect(Object.keys(schema.properties.properties as object)).toEqual(Object.keys(definition.input.shape));
    },
  );

  test.each(
    taskDefinitions.flatMap((definition) =>
      definition.examples.map((example) => [`${definition.type}: ${example.title}`, definition, example] as const),
    ),
  )('%s is a valid task', (_name, definition, { yaml }) => {
    const { task, diagnostics } = compileTask(exampleYaml(definition, yaml));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(task?.type).toBe(definition.type);
  });

  test.each(
    triggerDefinitions.flatMap((definition) =>
      definition.examples.map((example) => [`${definition.type}: ${example.title}`, definition, example] as const),
    ),
  )('%s is a valid trigger', (_name, definition, { yaml }) => {
    const { trigger, diagnostics } = compileTrigger(exampleYaml(definition, yaml));
    expect(diagnostics.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
    expect(trigger?.type).toBe(definition.type);
  });

  test.each(
    conditionDefinitions.flatMap((definition) =>
      definition.examples.map((example) => [`${definition.type}: ${example.title}`, definition, example] as const),
    ),
  )('%s is a valid condition', (_name, { type }, { yaml }) => {
    const condition = yaml.replace(/^/gm, '        ');
    const { diagnostics } = compileFlow(`id: a
namespace: b
tasks: [{ id: a, type: core.debug.Return }]
triggers:
  - id: t
    type: core.trigger.Flow
    conditions:
      - type: ${type}
${condition}
`);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

/** This list may only shrink. */
const NOT_AVAILABLE_YET = [
  'core.flow.Template',
  'core.http.SseRequest',
  'core.namespace.PurgeFiles',
  'kestra.executions.Count',
  'kestra.executions.Delete',
  'kestra.executions.Kill',
  'kestra.executions.Query',
  'kestra.executions.Resume',
  'kestra.flows.Export',
  'kestra.flows.ExportById',
  'kestra.flows.List',
  'kestra.flows.ListNamespaces',
  'kestra.logs.Fetch',
  'kestra.namespaces.List',
  'kestra.namespaces.NamespacesWithFlows',
  'kestra.triggers.Toggle',
];

test('the types that cannot run yet say so, and are no more than these', async () => {
  const silent: string[] = [];
  for (const definition of taskDefinitions) {
    const { context } = memoryWorld();
    try {
      if (definition.kind === 'structural')
        await definition.plan({} as never, {
          ...{ identity: context.identity, now: context.now, log: context.log, lists: [] },
          read: async () => '',
        });
      else if (definition.kind === 'edge') await definition.run({} as never, context);
    } catch (failure) {
      if (failure instanceof TaskFailure && failure.message.endsWith('is not available yet.'))
        silent.push(definition.type);
    }
  }
  expect(silent.sort()).toEqual(NOT_AVAILABLE_YET);
});
