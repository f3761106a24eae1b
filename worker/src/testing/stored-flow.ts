import { compiled } from '../db/compiled-flows.ts';
import * as flows from '../db/flows.ts';
import { flowRevision } from '../db/schema/data/flow-revision.ts';
import { flow as flowTable } from '../db/schema/data/flow.ts';
import type { Flow } from '../flow/flow.ts';
import { assert } from '../result.ts';
import type { Tenant } from '../tenant.ts';
import { flowOf } from './flow-with-tasks.ts';

const AT = Date.UTC(2026, 10, 20, 12);

/** Stores a source as the first revision of its flow; throws on a mistake in it. */
export async function storedFlow(tenant: Tenant, source: string, { disabled = false } = {}): Promise<Flow> {
  const { id, namespace } = flowOf(source);
  await tenant.db
    .insert(flowRevision)
    .values({ tenant: tenant.key, namespace, flowId: id, revision: 1, source, deleted: false, createdAt: AT });
  await tenant.db
    .insert(flowTable)
    .values({ tenant: tenant.key, namespace, id, revision: 1, disabled, deleted: false, labels: [], updatedAt: AT });
  const stored = await flows.find(tenant, { namespace, id });
  assert(stored, 'the flow was stored');
  const flow = compiled(tenant, stored);
  assert(flow, 'the flow compiles');
  return flow;
}
