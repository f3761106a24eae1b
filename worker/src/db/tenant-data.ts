import { eq } from 'drizzle-orm';
import type { Tenant } from '../tenant.ts';
import { execution } from './schema/data/execution.ts';
import { flow } from './schema/data/flow.ts';
import { flowRevision } from './schema/data/flow-revision.ts';
import { idempotencyKey } from './schema/data/idempotency-key.ts';
import { keyValue } from './schema/data/key-value.ts';
import { namespace } from './schema/data/namespace.ts';
import { runnerGroup } from './schema/data/runner-group.ts';
import { scheduler } from './schema/data/scheduler.ts';
import { secret } from './schema/data/secret.ts';
import { storedSource } from './schema/data/stored-source.ts';
import { terraformState } from './schema/data/terraform-state.ts';

/** Every table that holds rows of tenants; a test compares this list with the schema folder. */
export const TENANT_TABLES = [
  execution,
  flow,
  flowRevision,
  idempotencyKey,
  keyValue,
  namespace,
  runnerGroup,
  scheduler,
  secret,
  storedSource,
  terraformState,
] as const;

/** Removes every row of a tenant, in one transaction. */
export async function eraseRows({ db, key }: Tenant): Promise<void> {
  const [first, ...rest] = TENANT_TABLES.map((table) => db.delete(table).where(eq(table.tenant, key)));
  if (first !== undefined) await db.batch([first, ...rest]);
}
