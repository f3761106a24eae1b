/** core.kv.Trigger: fires when keys were written or removed since the last look. */
import * as keyValues from '../../db/key-values.ts';
import { refuseClosed } from '../../db/namespaces.ts';
import { WATCHED_MAX } from '../../limits.ts';
import { KvTriggerInput } from '../../triggers/kv.ts';
import type { Look } from './poll.ts';
import { readProperties, watch } from './watch.ts';

export const kvTrigger: Look = async (looking) => {
  const { flow, tenant, memory, now } = looking;
  const input = await readProperties(KvTriggerInput, looking);
  if (!input.ok) return input;
  const { namespace = flow.namespace, key, prefix = '', on } = input.value;
  await refuseClosed(tenant, namespace, flow.namespace);
  const which = key === undefined ? { prefix } : { key };
  const there = await keyValues.versions(tenant, namespace, which, { now, limit: WATCHED_MAX + 1 });
  return watch(there, memory, on, (changes) => ({
    namespace,
    changes: changes.map(({ name, change }) => ({ key: name, change })),
  }));
};
