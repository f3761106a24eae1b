/** Compiled flows by revision. A revision never changes, so what is remembered is never out of date; the sources are compiled
 *  once in each Worker, for routes and objects alike. */
import type { MaybePromise } from '../expression/services.ts';
import { compileCached } from '../flow/compile-cache.ts';
import type { Flow } from '../flow/flow.ts';
import { FLOWS_CACHED_MAX } from '../limits.ts';
import type { Tenant } from '../tenant.ts';
import * as flows from './flows.ts';
import type { StoredFlow } from './flows.ts';

const revisions = new Map<string, { source: string; flow: Flow }>();

export interface RevisionRef {
  namespace: string;
  flowId: string;
  flowRevision: number;
}

/** The flow an execution runs; undefined when the revision is gone or does not compile any more. */
export function flowAt(
  tenant: Tenant,
  { namespace, flowId, flowRevision }: RevisionRef,
): MaybePromise<Flow | undefined> {
  const known = revisions.get(keyOf(tenant, namespace, flowId, flowRevision));
  if (known !== undefined) return known.flow;
  return flows
    .find(tenant, { namespace, id: flowId }, flowRevision)
    .then((stored) => stored && compiled(tenant, stored));
}

/** Compiles a stored revision; undefined when it has errors. */
export function compiled(tenant: Tenant, stored: StoredFlow): Flow | undefined {
  const key = keyOf(tenant, stored.namespace, stored.id, stored.revision);
  const known = revisions.get(key);
  if (known?.source === stored.source) return known.flow;
  const { flow } = compileCached(stored.source);
  if (flow === undefined) return undefined;
  const revised = { ...flow, revision: stored.revision };
  revisions.set(key, { source: stored.source, flow: revised });
  const oldest = revisions.keys().next().value;
  if (revisions.size > FLOWS_CACHED_MAX && oldest !== undefined) revisions.delete(oldest);
  return revised;
}

function keyOf(tenant: Tenant, namespace: string, id: string, revision: number): string {
  return `${tenant.key}/${namespace}/${id}@${revision}`;
}
