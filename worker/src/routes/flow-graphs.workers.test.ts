import { beforeEach, describe, expect, test } from 'vitest';
import type { FlowTopologyGraph } from '../protocol/graph-view.ts';
import { TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const PARENT = `id: parent
namespace: company.team
tasks:
  - { id: call, type: core.flow.Subflow, namespace: company.team, flowId: child }
`;
const CHILD = `id: child
namespace: company.team
tasks:
  - id: each
    type: core.flow.ForEach
    values: [1]
    tasks:
      - { id: leaf, type: core.flow.Subflow, namespace: company.team, flowId: leaf }
`;
const LEAF = `id: leaf
namespace: company.team
tasks:
  - { id: a, type: core.log.Log, message: hi }
`;
const LISTENER = `id: listener
namespace: company.ops
tasks:
  - { id: a, type: core.log.Log, message: hi }
triggers:
  - id: after
    type: core.trigger.Flow
    preconditions: { id: one, flows: [{ namespace: company.team, flowId: parent }] }
`;

interface Graph {
  nodes: { uid: string; task?: { id: string }; taskRun?: { state: { current: string } } }[];
}

let ada: TestPerson;
let eve: TestPerson;

beforeEach(async () => {
  const app = new TestApp();
  ada = await app.person();
  eve = await app.person('eve');
  await app.tenant('acme', { owner: ada });
  await app.tenant('other', { owner: eve });
  for (const source of [PARENT, CHILD, LEAF, LISTENER]) {
    expect((await ada.fetch('/api/v1/acme/flows', yamlInit('POST', source))).status).toBe(200);
  }
});

async function read<T>(path: string, init?: RequestInit, person = ada): Promise<T> {
  const answer = await person.fetch(`/api/v1/acme/flows/${path}`, init);
  expect(answer.status).toBe(200);
  return answer.json<T>();
}

const uids = ({ nodes }: Graph) => nodes.map(({ uid }) => uid);

describe('the graph of a stored flow', () => {
  test('shows a call as one node, and draws the called flow when asked', async () => {
    expect(uids(await read<Graph>('company.team/parent/graph'))).toContain('root.call');
    const expanded = await read<Graph>('company.team/parent/graph?subflows=root.call,root.call.each.leaf');
    expect(uids(expanded)).toContain('root.call.each.leaf.a');
    expect(uids(expanded)).not.toContain('root.call');
  });

  test('leaves a node as it is that calls nothing', async () => {
    expect(uids(await read<Graph>('company.team/leaf/graph?subflows=root.a,root.nothing'))).toContain('root.a');
  });

  test('is not for other tenants, nor of flows that are not there', async () => {
    expect((await eve.fetch('/api/v1/acme/flows/company.team/parent/graph')).status).toBe(404);
    expect((await eve.fetch('/api/v1/other/flows/company.team/parent/graph')).status).toBe(404);
    expect((await ada.fetch('/api/v1/acme/flows/company.team/nothing/graph')).status).toBe(404);
  });
});

test('a source that is not stored has a graph, one with mistakes has its faults', async () => {
  const graph = await read<Graph>('graph', yamlInit('POST', LEAF.replace('leaf', 'draft')));
  expect(uids(graph)).toContain('root.a');
  const wrong = await ada.fetch('/api/v1/acme/flows/graph', yamlInit('POST', 'id: x\nnamespace: a\ntasks: []\n'));
  expect(wrong.status).toBe(422);
});

describe('the dependencies of a flow', () => {
  const edgesOf = async (path: string) => {
    const { edges } = await read<FlowTopologyGraph>(path);
    return edges.map(({ source, target, relation }) => `${source} -> ${target} ${relation}`).toSorted();
  };

  test('are the flows that it calls, and those that listen to it', async () => {
    expect(await edgesOf('company.team/parent/dependencies')).toEqual([
      'company.team.parent -> company.ops.listener FLOW_TRIGGER',
      'company.team.parent -> company.team.child FLOW_TASK',
    ]);
  });

  test('are the flows that call it', async () => {
    expect(await edgesOf('company.team/leaf/dependencies')).toEqual([
      'company.team.child -> company.team.leaf FLOW_TASK',
    ]);
    expect(await edgesOf('company.team/leaf/dependencies?destinationOnly=true')).toEqual([]);
  });

  test('are followed to their ends when asked', async () => {
    expect(await edgesOf('company.team/leaf/dependencies?expandAll=true')).toEqual([
      'company.team.child -> company.team.leaf FLOW_TASK',
      'company.team.parent -> company.ops.listener FLOW_TRIGGER',
      'company.team.parent -> company.team.child FLOW_TASK',
    ]);
  });

  test('leave out what was deleted', async () => {
    await ada.fetch('/api/v1/acme/flows/company.team/child', { method: 'DELETE' });
    expect(await edgesOf('company.team/leaf/dependencies')).toEqual([]);
  });
});

test('a task of a flow is found wherever it stands', async () => {
  expect(await read('company.team/child/tasks/leaf')).toMatchObject({ id: 'leaf', flowId: 'leaf' });
  expect((await ada.fetch('/api/v1/acme/flows/company.team/child/tasks/nothing')).status).toBe(404);
});

test('the graph of an execution has its task runs', async () => {
  const start = await ada.fetch('/api/v1/acme/executions/company.team/leaf?wait=true', { method: 'POST' });
  const { id } = await start.json<{ id: string }>();
  const answer = await ada.fetch(`/api/v1/acme/executions/${id}/graph`);
  const { nodes } = await answer.json<Graph>();
  expect(nodes.find(({ uid }) => uid === 'root.a')?.taskRun?.state.current).toBe('SUCCESS');
});
