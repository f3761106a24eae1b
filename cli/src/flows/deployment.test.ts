import { describe, expect, test } from 'vitest';
import { planDeployment, type ServerFlows } from './deployment.ts';
import type { NamedFlow } from './flow-files.ts';

const hello = flow('hello', 'id: hello\n');
const bye = flow('bye', 'id: bye\n');

function flow(id: string, source: string, namespace = 'acme.demo'): NamedFlow {
  return { file: `${id}.yaml`, source, namespace, id };
}

/** A server that holds these flows. */
function holding(...flows: NamedFlow[]): ServerFlows {
  const stored = flows.map(({ id, namespace, source }) => ({ id, namespace, source, revision: 1 }));
  return {
    find: async (namespace, id) => stored.find((one) => one.namespace === namespace && one.id === id),
    list: async (namespace) => stored.filter((one) => one.namespace === namespace),
  };
}

async function actions(files: NamedFlow[], server: ServerFlows, prune = false) {
  return (await planDeployment(files, server, prune)).map(({ action, id }) => `${action} ${id}`);
}

describe('a deployment', () => {
  test('creates what the server lacks and leaves alone what is equal byte for byte', async () => {
    expect(await actions([hello, bye], holding(hello))).toEqual(['unchanged hello', 'create bye']);
  });

  test('updates a flow when only a comment differs', async () => {
    expect(await actions([flow('hello', '# greets\nid: hello\n')], holding(hello))).toEqual(['update hello']);
  });

  test('deletes flows that have no file only when told to prune', async () => {
    expect(await actions([hello], holding(hello, bye))).toEqual(['unchanged hello']);
    expect(await actions([hello], holding(hello, bye), true)).toEqual(['unchanged hello', 'delete bye']);
  });

  test('never deletes outside the namespaces of the files', async () => {
    const elsewhere = flow('bye', 'id: bye\n', 'acme.other');
    expect(await actions([hello], holding(hello, elsewhere), true)).toEqual(['unchanged hello']);
  });

  test('refuses two files for one flow', async () => {
    await expect(actions([hello, { ...hello, file: 'copy.yaml' }], holding())).rejects.toThrow(
      'acme.demo/hello is in hello.yaml and in copy.yaml',
    );
  });
});
