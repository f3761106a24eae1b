import { describe, expect, test } from 'vitest';
import { flowOf, flowWithTasks } from '../testing/flow-with-tasks.ts';
import type { Flow } from './flow.ts';
import { flowGraph } from './graph.ts';
import type { GraphOptions } from './graph.ts';

const LOG = 'type: core.log.Log, message: hi';

/** `a -> b` for each edge, with its relation when it is not just "then". */
function edgesOf(flow: Flow, options?: GraphOptions): string[] {
  return flowGraph(flow, options).edges.map(({ source, target, relation: { relationType, value } }) => {
    const means = relationType === 'SEQUENTIAL' ? '' : ` ${relationType}${value === undefined ? '' : ` ${value}`}`;
    return `${source} -> ${target}${means}`;
  });
}

describe('the graph of a flow', () => {
  test('has its tasks one after the other', () => {
    expect(edgesOf(flowWithTasks(`  - { id: a, ${LOG} }\n  - { id: b, ${LOG} }`))).toEqual([
      'root#start -> root.a',
      'root.a -> root.b',
      'root.b -> root#end',
    ]);
  });

  test('enters through its triggers', () => {
    const daily = `triggers:\n  - { id: daily, type: core.trigger.Schedule, cron: "@daily" }`;
    expect(edgesOf(flowWithTasks(`  - { id: a, ${LOG} }`, daily))).toEqual([
      'root#start -> root#triggers#start',
      'root#triggers#start -> root#triggers.daily',
      'root#triggers.daily -> root#triggers#end',
      'root#triggers#end -> root.a',
      'root.a -> root#end',
    ]);
  });

  test('shows what happens after an error, finally and afterwards', () => {
    const rest = ['errors', 'finally', 'afterExecution']
      .map((list) => `${list}:\n  - { id: ${list}1, ${LOG} }`)
      .join('\n');
    const edges = edgesOf(flowWithTasks(`  - { id: a, ${LOG} }`, rest));
    expect(edges).toContain('root#start -> root#errors#start ERROR');
    expect(edges).toContain('root#errors#end -> root#end');
    expect(edges).toContain('root.a -> root#finally#start FINALLY');
    expect(edges).toContain('root#finally#end -> root#end');
    expect(edges).toContain('root#end -> root#afterExecution#start AFTER_EXECUTION');
    expect(edges).not.toContain('root.a -> root#end');
  });

  test('opens into parallel tasks and closes after all of them', () => {
    const flow = flowWithTasks(
      `  - id: both\n    type: core.flow.Parallel\n    tasks:\n      - { id: a, ${LOG} }\n      - { id: b, ${LOG} }`,
    );
    expect(edgesOf(flow)).toEqual([
      'root.both#start -> root.both',
      'root.both -> root.both.a PARALLEL',
      'root.both -> root.both.b PARALLEL',
      'root.both.a -> root.both#end',
      'root.both.b -> root.both#end',
      'root#start -> root.both#start',
      'root.both#end -> root#end',
    ]);
  });

  test('follows the dependencies of a Dag', () => {
    const flow = flowWithTasks(`
  - id: dag
    type: core.flow.Dag
    tasks:
      - { task: { id: a, ${LOG} } }
      - { task: { id: b, ${LOG} }, dependsOn: [a] }
      - { task: { id: c, ${LOG} }, dependsOn: [a] }`);
    expect(edgesOf(flow).filter((edge) => edge.includes('root.dag.'))).toEqual([
      'root.dag -> root.dag.a PARALLEL',
      'root.dag.a -> root.dag.b PARALLEL',
      'root.dag.a -> root.dag.c PARALLEL',
      'root.dag.b -> root.dag#end',
      'root.dag.c -> root.dag#end',
    ]);
  });

  test('names what a choice depends on', () => {
    const flow = flowWithTasks(`
  - id: which
    type: core.flow.Switch
    value: "{{ inputs.a }}"
    cases:
      one:
        - { id: a, ${LOG} }
    defaults:
      - { id: b, ${LOG} }`);
    const edges = edgesOf(flow);
    expect(edges).toContain('root.which -> root.which.a CHOICE one');
    expect(edges).toContain('root.which -> root.which.b CHOICE defaults');
  });

  test('marks the children of a loop, and its own errors', () => {
    const flow = flowWithTasks(`
  - id: each
    type: core.flow.ForEach
    values: [1, 2]
    tasks:
      - { id: a, ${LOG} }
    errors:
      - { id: oops, ${LOG} }`);
    const edges = edgesOf(flow);
    expect(edges).toContain('root.each -> root.each.a DYNAMIC');
    expect(edges).toContain('root.each -> root.each#errors#start ERROR');
    const { flowables, clusters, nodes } = flowGraph(flow);
    expect(flowables).toEqual(['each']);
    expect(clusters.map(({ cluster, parents }) => [cluster.uid, parents])).toEqual([
      ['cluster_root.each', []],
      ['cluster_root.each#errors', ['cluster_root.each']],
    ]);
    expect(nodes.find(({ uid }) => uid === 'root.each#errors.oops')).toMatchObject({ branchType: 'ERROR' });
  });

  test('draws a called flow in the place of its task when asked', () => {
    const parent = flowWithTasks('  - { id: call, type: core.flow.Subflow, namespace: company.team, flowId: child }');
    const child = flowOf(`id: child\nnamespace: company.team\ntasks:\n  - { id: a, ${LOG} }`);
    expect(flowGraph(parent).nodes.find(({ uid }) => uid === 'root.call')?.type).toMatch(/SubflowGraphTask$/);
    expect(edgesOf(parent, { subflows: new Map([['root.call', child]]) })).toEqual([
      'root.call#start -> root.call.a',
      'root.call.a -> root.call#end',
      'root#start -> root.call#start',
      'root.call#end -> root#end',
    ]);
  });

  test('has every node once, in one cluster at most, and edges between nodes that exist', () => {
    const flow = flowWithTasks(
      `
  - id: outer
    type: core.flow.Sequential
    tasks:
      - id: start
        type: core.flow.If
        condition: "true"
        then:
          - { id: errors, ${LOG} }
        else:
          - { id: end, ${LOG} }
    finally:
      - { id: last, ${LOG} }`,
      `errors:\n  - { id: e, ${LOG} }`,
    );
    const { nodes, edges, clusters } = flowGraph(flow);
    const uids = nodes.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    const inside = clusters.flatMap((cluster) => cluster.nodes);
    expect(new Set(inside).size).toBe(inside.length);
    expect(edges.flatMap(({ source, target }) => [source, target]).filter((uid) => !uids.includes(uid))).toEqual([]);
    expect(clusters.flatMap(({ start, end }) => [start, end]).filter((uid) => !inside.includes(uid))).toEqual([]);
  });

  test('carries the runs of an execution', () => {
    const { nodes } = flowGraph(flowWithTasks(`  - { id: a, ${LOG} }`), { taskRunOf: (id) => ({ taskId: id }) });
    expect(nodes.find(({ uid }) => uid === 'root.a')).toMatchObject({ taskRun: { taskId: 'a' } });
  });
});
