/** How flows depend on each other, read from their sources: what one calls and listens to stands in its own source, and who calls
 *  or listens to it is found among the flows whose sources mention it. */
import * as flows from '../db/flows.ts';
import type { FlowRef } from '../db/flows.ts';
import { compileCached } from '../flow/compile-cache.ts';
import { callsOf, listensTo } from '../flow/links.ts';
import { DEPENDENT_FLOWS_MAX, PAGE_SIZE_MAX } from '../limits.ts';
import type { FlowTopologyGraph } from '../protocol/graph-view.ts';
import type { Tenant } from '../tenant.ts';

export interface DependencyOptions {
  /** Only what the flows lead to, not what leads to them. */
  downstreamOnly: boolean;
  /** The dependencies of dependencies too. */
  expandAll: boolean;
}

export async function dependenciesOf(
  tenant: Tenant,
  roots: readonly FlowRef[],
  { downstreamOnly, expandAll }: DependencyOptions,
): Promise<FlowTopologyGraph> {
  const edges = new Map<string, FlowTopologyGraph['edges'][number]>();
  const nodes = new Map(roots.map((ref) => [nameOf(ref), ref]));
  let next = [...nodes.values()];
  while (next.length > 0 && nodes.size < DEPENDENT_FLOWS_MAX) {
    const links = (await Promise.all(next.map((ref) => linksOf(tenant, ref)))).flat();
    const around = next;
    next = [];
    for (const { from, to, relation } of links) {
      const isDownstream = around.some((ref) => nameOf(ref) === nameOf(from));
      if (downstreamOnly && !isDownstream) continue;
      edges.set(`${nameOf(from)} ${nameOf(to)} ${relation}`, { source: nameOf(from), target: nameOf(to), relation });
      for (const ref of [from, to]) {
        if (nodes.has(nameOf(ref)) || nodes.size >= DEPENDENT_FLOWS_MAX) continue;
        nodes.set(nameOf(ref), ref);
        if (expandAll) next.push(ref);
      }
    }
  }
  return {
    nodes: [...nodes.values()].map(({ namespace, id }) => ({ uid: nameOf({ namespace, id }), namespace, id })),
    edges: [...edges.values()].filter(({ source, target }) => nodes.has(source) && nodes.has(target)),
  };
}

interface Link {
  from: FlowRef;
  to: FlowRef;
  relation: 'FLOW_TASK' | 'FLOW_TRIGGER';
}

/** Every link that begins or ends at a flow. */
async function linksOf(tenant: Tenant, ref: FlowRef): Promise<Link[]> {
  const page = { offset: 0, size: PAGE_SIZE_MAX, sort: [] };
  const { flows: mentioning } = await flows.searchSources(tenant, { text: ref.id }, page);
  const links = mentioning.flatMap(({ source }) => linksIn(source));
  const own = links.filter(({ from, to }) => nameOf(from) === nameOf(ref) || nameOf(to) === nameOf(ref));
  const others = own.flatMap(({ from, to }) => [from, to]);
  const stored = others.length === 0 ? [] : await flows.findAll(tenant, others);
  const present = new Set(stored.filter(({ deleted }) => !deleted).map(nameOf));
  return own.filter(({ from, to }) => present.has(nameOf(from)) && present.has(nameOf(to)));
}

function linksIn(source: string): Link[] {
  const { flow } = compileCached(source);
  if (flow === undefined) return [];
  const here: FlowRef = { namespace: flow.namespace, id: flow.id };
  return [
    ...callsOf(flow).map((to): Link => ({ from: here, to, relation: 'FLOW_TASK' })),
    ...listensTo(flow).map((from): Link => ({ from, to: here, relation: 'FLOW_TRIGGER' })),
  ];
}

function nameOf({ namespace, id }: FlowRef): string {
  return `${namespace}.${id}`;
}
