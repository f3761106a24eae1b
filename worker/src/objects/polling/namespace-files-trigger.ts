/** core.namespace.Trigger: fires when files of a namespace were written or removed since the last look. */
import { refuseClosed } from '../../db/namespaces.ts';
import { NamespaceTree } from '../../namespace-files.ts';
import { globMatcher } from '../../tasks/glob.ts';
import { NamespaceFilesTriggerInput } from '../../triggers/namespace-files.ts';
import type { Look } from './poll.ts';
import { readProperties, watch } from './watch.ts';

export const namespaceFilesTrigger: Look = async (looking) => {
  const { flow, tenant, memory } = looking;
  const input = await readProperties(NamespaceFilesTriggerInput, looking);
  if (!input.ok) return input;
  const { namespace = flow.namespace, files = ['/**'], on } = input.value;
  await refuseClosed(tenant, namespace, flow.namespace);
  const tree = new NamespaceTree(tenant.files);
  const isWatched = await globMatcher(files);
  const there = new Map<string, string>();
  for await (const { path, etag } of tree.files(namespace)) if (isWatched(path)) there.set(path, etag);
  return watch(there, memory, on, (changes) => ({
    namespace,
    changes: changes.map(({ name, change }) => ({ path: name, change, uri: tree.uri(namespace, name) })),
  }));
};
