/** What must change so that the server holds exactly the flows of the files. */
import type { FlowWithSource } from '../client/answers.ts';
import { CliError } from '../cli-error.ts';
import type { NamedFlow } from './flow-files.ts';

export type Change =
  | { action: 'create' | 'update' | 'unchanged'; namespace: string; id: string; flow: NamedFlow; before: string }
  | { action: 'delete'; namespace: string; id: string };

/** The source that the server holds for each flow, and the flows of every namespace that the files touch. */
export interface ServerFlows {
  find(namespace: string, id: string): Promise<FlowWithSource | undefined>;
  list(namespace: string): Promise<FlowWithSource[]>;
}

export async function planDeployment(flows: NamedFlow[], server: ServerFlows, prune: boolean): Promise<Change[]> {
  refuseDoubles(flows);
  const changes: Change[] = [];
  for (const flow of flows) {
    const { namespace, id } = flow;
    const found = await server.find(namespace, id);
    const action = found === undefined ? 'create' : found.source === flow.source ? 'unchanged' : 'update';
    changes.push({ action, namespace, id, flow, before: found?.source ?? '' });
  }
  return prune ? [...changes, ...(await deletions(flows, server))] : changes;
}

async function deletions(flows: NamedFlow[], server: ServerFlows): Promise<Change[]> {
  const kept = new Set(flows.map(nameOf));
  const changes: Change[] = [];
  for (const namespace of new Set(flows.map((flow) => flow.namespace))) {
    for (const flow of await server.list(namespace)) {
      if (flow.namespace === namespace && !kept.has(nameOf(flow)))
        changes.push({ action: 'delete', namespace, id: flow.id });
    }
  }
  return changes;
}

function refuseDoubles(flows: NamedFlow[]): void {
  const files = new Map<string, string>();
  for (const flow of flows) {
    const name = nameOf(flow);
    const other = files.get(name);
    if (other !== undefined) {
      throw new CliError(`${name} is in ${other} and in ${flow.file}`, { remedy: 'keep one of them' });
    }
    files.set(name, flow.file);
  }
}

export function nameOf({ namespace, id }: { namespace: string; id: string }): string {
  return `${namespace}/${id}`;
}
