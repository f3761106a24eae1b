/** A tenant as a capability: the only door to its rows, objects and files. Who holds one may touch this tenant and no
 *  other.
 *   T1. Everything a tenant has is named by its key, which is never given twice, and a `/` after it, which no key
 *       contains: names of two tenants cannot collide.
 *   T2. It is made from a tenant's record alone, so that objects, queues and cron jobs work through the same door. */
import { drizzle } from 'drizzle-orm/d1';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { dataShards } from './env.ts';
import type { Env } from './env.ts';
import { executionId, shardOf } from './ids.ts';
import type { ExecutionId } from './ids.ts';
import type { AuditObject } from './objects/audit-object.ts';
import type { ExecutionObject } from './objects/execution-object.ts';
import type { FlowObject } from './objects/flow-object.ts';
import type { RunnerGroupObject } from './objects/runner-group-object.ts';
import type { SchedulerObject } from './objects/scheduler-object.ts';
import type { TerraformStateObject } from './objects/terraform-state-object.ts';
import { assert } from './result.ts';
import { TenantFiles } from './tenant-files.ts';

/** What the directory knows about a tenant; plain data, so that it travels over RPC and queues. */
export interface TenantRecord {
  /** Names all that the tenant has; never reused. */
  key: number;
  /** What people call it, in paths. */
  id: string;
  name: string;
  dataShard: number;
  executionShards: number;
}

/** Rows of tenants. Only `db/` runs queries on it. */
export type DataDb = DrizzleD1Database;

export class Tenant {
  readonly record: TenantRecord;
  readonly db: DataDb;
  readonly files: TenantFiles;
  readonly #env: Env;

  constructor(env: Env, record: TenantRecord) {
    const database = dataShards(env)[record.dataShard];
    assert(database !== undefined, `the data shard ${record.dataShard} of tenant ${record.id} has a binding`);
    this.record = record;
    this.db = drizzle(database);
    this.files = new TenantFiles(env.STORAGE, `${record.key}/`);
    this.#env = env;
  }

  get id(): string {
    return this.record.id;
  }

  get key(): number {
    return this.record.key;
  }

  /** The object that holds an execution: its id says which. */
  execution(id: ExecutionId): DurableObjectStub<ExecutionObject> {
    return this.executionShard(shardOf(id));
  }

  executionShard(shard: number): DurableObjectStub<ExecutionObject> {
    return this.#env.EXECUTIONS.getByName(objectName(this.key, 'execution', String(shard)));
  }

  flow(namespace: string, id: string): DurableObjectStub<FlowObject> {
    return this.#env.FLOWS.getByName(objectName(this.key, 'flow', namespace, id));
  }

  scheduler(): DurableObjectStub<SchedulerObject> {
    return this.#env.SCHEDULERS.getByName(objectName(this.key, 'scheduler'));
  }

  runnerGroup(id: string): DurableObjectStub<RunnerGroupObject> {
    return this.#env.RUNNER_GROUPS.getByName(objectName(this.key, 'runner-group', id));
  }

  audit(): DurableObjectStub<AuditObject> {
    return this.#env.AUDIT_LOGS.getByName(objectName(this.key, 'audit'));
  }

  terraformState(name: string): DurableObjectStub<TerraformStateObject> {
    return this.#env.TERRAFORM_STATES.getByName(objectName(this.key, 'terraform-state', name));
  }

  /** A fresh execution id, on a shard that the random bytes choose. */
  newExecutionId(random: Uint8Array): ExecutionId {
    return executionId(this.#shardFor(random), random.subarray(SHARD_BYTES));
  }

  /** The execution id for a text that names one start (a client's own id, an Idempotency-Key, a trigger's tick): the same
   *  text always gives the same id, so that a repeated start reaches the same object. */
  async executionIdFor(text: string): Promise<ExecutionId> {
    const bytes = new TextEncoder().encode(`${this.key}/${text}`);
    return this.newExecutionId(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  }

  #shardFor(bytes: Uint8Array): number {
    const [first = 0, second = 0] = bytes;
    return (first * 256 + second) % this.record.executionShards;
  }
}

/** Bytes that choose the shard; an execution id is made from those after them. */
const SHARD_BYTES = 2;
/** Random bytes that `newExecutionId` wants: those of the shard, and one for each other character. */
export const EXECUTION_ID_BYTES = SHARD_BYTES + 20;

/** Parts are escaped: ids hold no `/`, but that rule is kept elsewhere and this one must not depend on it. */
export function objectName(tenantKey: number, kind: string, ...parts: string[]): string {
  return [String(tenantKey), kind, ...parts.map(encodeURIComponent)].join('/');
}
