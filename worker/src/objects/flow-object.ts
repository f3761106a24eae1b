/** The concurrency of one flow: an exact count of its slots and a queue for who waits, over all revisions.
 *   F1. An execution holds at most one slot and stands in the queue at most once, however often it asks.
 *   I9. A slot has a live owner: owners that are gone are looked for, and their slots are given on. */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import type { ExecutionId } from '../ids.ts';
import { SLOT_CHECK_MS, SLOT_GRANT_RETRY_MS } from '../limits.ts';
import { stringifyJson } from '../protocol/json.ts';
import { isTerminalState } from '../protocol/states.ts';
import { assert } from '../result.ts';
import { Tenant } from '../tenant.ts';
import type { TenantRecord } from '../tenant.ts';

export interface SlotRequest {
  tenant: TenantRecord;
  executionId: ExecutionId;
  limit: number;
  /** Whether to wait in the queue when no slot is free. */
  queues: boolean;
}

export class FlowObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(TABLES);
  }

  async acquire({ tenant, executionId, limit, queues }: SlotRequest): Promise<'granted' | 'queued' | 'refused'> {
    this.#remember(tenant, limit);
    // Who waits goes first: the limit may have been raised since.
    if (this.#isAnyWaiting()) await this.#grant();
    if (this.#one('SELECT 1 FROM slot WHERE execution = ?', executionId)) return 'granted';
    if (this.#one('SELECT 1 FROM waiting WHERE execution = ?', executionId)) return 'queued';
    if (this.#held() < limit) {
      this.#sql.exec('INSERT INTO slot (execution, told) VALUES (?, 1)', executionId);
      await this.#wakeIn(SLOT_CHECK_MS);
      return 'granted';
    }
    if (!queues) return 'refused';
    this.#sql.exec('INSERT INTO waiting (execution) VALUES (?)', executionId);
    return 'queued';
  }

  /** Gives a slot back, or leaves the queue; the longest waiting execution goes next. */
  async release(executionId: ExecutionId): Promise<void> {
    this.#sql.exec('DELETE FROM waiting WHERE execution = ?', executionId);
    this.#sql.exec('DELETE FROM slot WHERE execution = ?', executionId);
    await this.#grant();
  }

  /** An execution runs whatever the limit says: it holds a slot beyond it and waits no more. */
  async force(tenant: TenantRecord, executionId: ExecutionId): Promise<void> {
    this.#remember(tenant);
    this.#sql.exec('DELETE FROM waiting WHERE execution = ?', executionId);
    this.#sql.exec('INSERT INTO slot (execution, told) VALUES (?, 1) ON CONFLICT DO NOTHING', executionId);
    await this.#wakeIn(SLOT_CHECK_MS);
  }

  async count(): Promise<{ running: number; queued: number }> {
    const { queued } = this.#sql.exec<{ queued: number }>('SELECT count(*) AS queued FROM waiting').one();
    return { running: this.#held(), queued };
  }

  override async alarm(): Promise<void> {
    await this.#checkOwners();
    await this.#grant();
    if (this.#held() > 0) await this.#wakeIn(SLOT_CHECK_MS);
  }

  /** Moves as many from the queue as there are slots, in one transaction; telling them comes after it and is repeated. */
  async #grant(): Promise<void> {
    const limit = Number(this.#read('limit') ?? 0);
    this.ctx.storage.transactionSync(() => {
      for (let free = limit - this.#held(); free > 0; free--) {
        const next = this.#sql
          .exec<{ number: number; execution: string }>('SELECT number, execution FROM waiting ORDER BY number LIMIT 1')
          .toArray()[0];
        if (next === undefined) return;
        this.#sql.exec('DELETE FROM waiting WHERE number = ?', next.number);
        this.#sql.exec('INSERT INTO slot (execution, told) VALUES (?, 0) ON CONFLICT DO NOTHING', next.execution);
      }
    });
    let isAnyGone = false;
    for (const execution of this.#untold()) {
      try {
        if (!(await this.#tell(execution))) isAnyGone = true;
      } catch (error) {
        console.warn('an execution could not be told of its slot and will be told again', error);
        await this.#wakeIn(SLOT_GRANT_RETRY_MS);
      }
    }
    if (isAnyGone) await this.#grant();
  }

  /** False when there is no such execution any more: its slot is free again. */
  async #tell(id: ExecutionId): Promise<boolean> {
    const isThere = await this.#tenant()
      .execution(id)
      .dispatch(id, stringifyJson({ type: 'slot.granted', at: Date.now() }));
    this.#sql.exec(
      isThere ? 'UPDATE slot SET told = 1 WHERE execution = ?' : 'DELETE FROM slot WHERE execution = ?',
      id,
    );
    return isThere;
  }

  /** An execution that ended without giving its slot back (a lost message, a deletion) holds it no longer. */
  async #checkOwners(): Promise<void> {
    const owners = this.#sql.exec<{ execution: ExecutionId }>('SELECT execution FROM slot').toArray();
    for (const { execution } of owners) {
      const [state] = await this.#tenant().execution(execution).states([execution]);
      if (state === undefined || isTerminalState(state))
        this.#sql.exec('DELETE FROM slot WHERE execution = ?', execution);
    }
  }

  #untold(): ExecutionId[] {
    return this.#sql
      .exec<{ execution: ExecutionId }>('SELECT execution FROM slot WHERE told = 0')
      .toArray()
      .map(({ execution }) => execution);
  }

  #held(): number {
    return this.#sql.exec<{ held: number }>('SELECT count(*) AS held FROM slot').one().held;
  }

  #isAnyWaiting(): boolean {
    return this.#sql.exec('SELECT 1 FROM waiting LIMIT 1').toArray().length > 0;
  }

  #one(query: string, value: string): boolean {
    return this.#sql.exec(query, value).toArray().length > 0;
  }

  /** The limit of the revision that asked last holds for all. */
  #remember(tenant: TenantRecord, limit?: number): void {
    if (limit !== undefined && this.#read('limit') !== String(limit)) this.#write('limit', String(limit));
    const record = JSON.stringify(tenant);
    if (this.#read('tenant') !== record) this.#write('tenant', record);
  }

  #tenant(): Tenant {
    const record = this.#read('tenant');
    assert(record, 'the flow has been asked for a slot');
    return new Tenant(this.env, JSON.parse(record) as TenantRecord);
  }

  #read(key: string): string | undefined {
    return this.#sql.exec<{ value: string }>('SELECT value FROM flow WHERE key = ?', key).toArray()[0]?.value;
  }

  #write(key: string, value: string): void {
    this.#sql.exec(
      'INSERT INTO flow (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }

  async #wakeIn(ms: number): Promise<void> {
    const at = Date.now() + ms;
    const known = await this.ctx.storage.getAlarm();
    if (known === null || known > at) await this.ctx.storage.setAlarm(at);
  }
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS flow (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS slot (execution TEXT PRIMARY KEY, told INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, execution TEXT NOT NULL UNIQUE);
`;
