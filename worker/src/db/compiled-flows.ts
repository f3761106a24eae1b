/** Compiled flows by revision. A revision never changes, what its namespace says may: that is read again now and then. The
 *  sources are compiled once in each Worker, for routes and objects alike. */
import type { MaybePromise } from '../expression/services.ts';
import { compileCached } from '../flow/compile-cache.ts';
import { compileFlow } from '../flow/compile.ts';
import type { Flow } from '../flow/flow.ts';
import type { NamespaceSettings } from '../flow/namespace-settings.ts';
import { FLOWS_CACHED_MAX, NAMESPACE_SETTINGS_CACHE_MS } from '../limits.ts';
import { stringifyJson } from '../protocol/json.ts';
import type { Tenant } from '../tenant.ts';
import * as flows from './flows.ts';
import type { StoredFlow } from './flows.ts';

const revisions = new Map<string, KnownFlow>();

interface KnownFlow {
  source: string;
  /** JSON text: what the namespace said when it was compiled. */
  settings: string;
  flow: Flow;
  readAt: number;
}

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
  if (known !== undefined && Date.now() < known.readAt + NAMESPACE_SETTINGS_CACHE_MS) return known.flow;
  return flows
    .find(tenant, { namespace, id: flowId }, flowRevision)
    .then((stored) => stored && compiled(tenant, stored));
}

/** Compiles a stored revision; undefined when it has errors. */
export function compiled(tenant: Tenant, stored: StoredFlow): Flow | undefined {
  const key = keyOf(tenant, stored.namespace, stored.id, stored.revision);
  const known = revisions.get(key);
  const { source, settings = NO_SETTINGS } = stored;
  const said = stringifyJson(settings);
  const isKnown = known?.source === source && known.settings === said;
  const flow = isKnown ? known.flow : compileIn(settings, stored);
  if (flow === undefined) return undefined;
  revisions.delete(key);
  revisions.set(key, { source, settings: said, flow, readAt: Date.now() });
  const oldest = revisions.keys().next().value;
  if (revisions.size > FLOWS_CACHED_MAX && oldest !== undefined) revisions.delete(oldest);
  return flow;
}

const NO_SETTINGS: NamespaceSettings = { variables: {}, pluginDefaults: [] };

function compileIn(
  { variables, pluginDefaults }: NamespaceSettings,
  { source, revision }: StoredFlow,
): Flow | undefined {
  const { flow } =
    pluginDefaults.length === 0 ? compileCached(source) : compileFlow(source, { pluginDefaults: () => pluginDefaults });
  return flow && { ...flow, revision, namespaceVariables: variables };
}

function keyOf(tenant: Tenant, namespace: string, id: string, revision: number): string {
  return `${tenant.key}/${namespace}/${id}@${revision}`;
}
