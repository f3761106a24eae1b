/** The rows of a tenant's scheduler, and nothing about their meaning.
 *   T1. A trigger's step and the start that it asks for are written together; a start stays until it was performed.
 *   T2. A flow that is being saved is noted before it is written, so that no crash between the two leaves it unread. */
import { TRIGGER_LOG_LINES_MAX } from '../limits.ts';
import type { FlowTriggerState } from '../schedule/flow-trigger.ts';
import type { ScheduleState } from '../schedule/schedule-state.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { TriggerStart } from './trigger-start.ts';

export interface FlowKey {
  namespace: string;
  flowId: string;
}

export interface TriggerKey extends FlowKey {
  triggerId: string;
}

/** A webhook is called, not woken: what is stored of it is whether a person has disabled it. */
export const STORED_KINDS = ['schedule', 'polling', 'flow', 'webhook'] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

/** Where a trigger stands; a Flow trigger has no dates, but is locked and disabled like the others. */
export interface TriggerState extends ScheduleState {
  /** Of a Flow trigger: what has been met. */
  seen?: FlowTriggerState;
  /** Of a Flow trigger: the last executions that it has taken into account, so that a repeated one changes nothing. */
  taken?: string[];
  /** Of a polling trigger: what its last look has found. */
  memory?: JsonObject;
  /** When it started an execution last. */
  startedAt?: number;
}

export interface TriggerRow extends TriggerKey {
  kind: StoredKind;
  revision: number;
  /** JSON text of the compiled trigger. */
  definition: string;
  /** The type as the source writes it. */
  sourceType: string;
  /** By the source, of the trigger or of its flow. */
  isOff: boolean;
  state: TriggerState;
  wake?: number;
  updatedAt: number;
  /** Why it could not be evaluated the last time. */
  error?: string;
}

export interface TriggerLine {
  at: number;
  message: string;
}

/** Rows as they cross RPC, written by the scheduler: trusted. */
export function readRows(text: string): TriggerRow[] {
  return parseJson(text) as unknown as TriggerRow[];
}

export function readRow(text: string): TriggerRow {
  return parseJson(text) as unknown as TriggerRow;
}

type SqlRow = {
  namespace: string;
  flow: string;
  id: string;
  kind: StoredKind;
  revision: number;
  definition: string;
  source_type: string;
  off: number;
  state: string;
  wake: number | null;
  updated_at: number;
  error: string | null;
};

export class SchedulerStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(TABLES);
  }

  transaction(work: () => void): void {
    this.#storage.transactionSync(work);
  }

  read(key: string): string | undefined {
    return this.#sql.exec<{ value: string }>('SELECT value FROM scheduler WHERE key = ?', key).toArray()[0]?.value;
  }

  write(key: string, value: string): void {
    const text = 'INSERT INTO scheduler (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#sql.exec(text, key, value);
  }

  // Triggers.

  find({ namespace, flowId, triggerId }: TriggerKey): TriggerRow | undefined {
    const where = 'SELECT * FROM trigger WHERE namespace = ? AND flow = ? AND id = ?';
    return this.#triggers(where, namespace, flowId, triggerId)[0];
  }

  ofFlow({ namespace, flowId }: FlowKey): TriggerRow[] {
    return this.#triggers('SELECT * FROM trigger WHERE namespace = ? AND flow = ? ORDER BY id', namespace, flowId);
  }

  ofKind(kind: StoredKind): TriggerRow[] {
    return this.#triggers('SELECT * FROM trigger WHERE kind = ? ORDER BY namespace, flow, id', kind);
  }

  all(): TriggerRow[] {
    return this.#triggers('SELECT * FROM trigger ORDER BY namespace, flow, id');
  }

  due(now: number, limit: number): TriggerRow[] {
    return this.#triggers('SELECT * FROM trigger WHERE wake <= ? ORDER BY wake LIMIT ?', now, limit);
  }

  put(row: TriggerRow): void {
    this.#sql.exec(
      `INSERT INTO trigger (namespace, flow, id, kind, revision, definition, source_type, off, state, wake, updated_at, error)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET kind = excluded.kind, revision = excluded.revision, definition = excluded.definition,
         source_type = excluded.source_type, off = excluded.off, state = excluded.state, wake = excluded.wake,
         updated_at = excluded.updated_at, error = excluded.error`,
      row.namespace,
      row.flowId,
      row.triggerId,
      row.kind,
      row.revision,
      row.definition,
      row.sourceType,
      row.isOff ? 1 : 0,
      stringifyJson(row.state),
      row.wake ?? null,
      row.updatedAt,
      row.error ?? null,
    );
  }

  delete({ namespace, flowId, triggerId }: TriggerKey): void {
    this.#sql.exec('DELETE FROM trigger WHERE namespace = ? AND flow = ? AND id = ?', namespace, flowId, triggerId);
    this.#sql.exec('DELETE FROM log WHERE namespace = ? AND flow = ? AND id = ?', namespace, flowId, triggerId);
  }

  // What triggers have complained about.

  addLine({ namespace, flowId, triggerId }: TriggerKey, { at, message }: TriggerLine): void {
    const key = [namespace, flowId, triggerId];
    this.#sql.exec('INSERT INTO log (namespace, flow, id, at, message) VALUES (?, ?, ?, ?, ?)', ...key, at, message);
    this.#sql.exec(
      `DELETE FROM log WHERE namespace = ? AND flow = ? AND id = ? AND line <= (
         SELECT line FROM log WHERE namespace = ? AND flow = ? AND id = ? ORDER BY line DESC LIMIT 1 OFFSET ?)`,
      ...key,
      ...key,
      TRIGGER_LOG_LINES_MAX,
    );
  }

  /** The newest first. */
  lines({ namespace, flowId, triggerId }: TriggerKey): TriggerLine[] {
    const query = 'SELECT at, message FROM log WHERE namespace = ? AND flow = ? AND id = ? ORDER BY line DESC';
    return this.#sql.exec<{ at: number; message: string }>(query, namespace, flowId, triggerId).toArray();
  }

  // Starts that are yet to be performed.

  addStart(start: TriggerStart): void {
    const text = 'INSERT INTO start (execution, body) VALUES (?, ?) ON CONFLICT DO NOTHING';
    this.#sql.exec(text, start.id, stringifyJson(start));
  }

  starts(): TriggerStart[] {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM start').toArray();
    return rows.map(({ body }) => parseJson(body) as unknown as TriggerStart);
  }

  deleteStart(id: string): void {
    this.#sql.exec('DELETE FROM start WHERE execution = ?', id);
  }

  // Flows that are to be read again.

  noteFlow({ namespace, flowId }: FlowKey): void {
    this.#sql.exec('INSERT INTO changed (namespace, flow) VALUES (?, ?) ON CONFLICT DO NOTHING', namespace, flowId);
  }

  changedFlows(): FlowKey[] {
    return this.#sql
      .exec<{ namespace: string; flowId: string }>('SELECT namespace, flow AS flowId FROM changed')
      .toArray();
  }

  forgetFlow({ namespace, flowId }: FlowKey): void {
    this.#sql.exec('DELETE FROM changed WHERE namespace = ? AND flow = ?', namespace, flowId);
  }

  nextWake(): number | undefined {
    const { at } = this.#sql
      .exec<{ at: number | null }>('SELECT min(wake) AS at FROM trigger WHERE wake IS NOT NULL')
      .one();
    return at ?? undefined;
  }

  #triggers(query: string, ...values: (string | number)[]): TriggerRow[] {
    return this.#sql
      .exec<SqlRow>(query, ...values)
      .toArray()
      .map(toRow);
  }
}

function toRow({ flow, id, definition, source_type, off, state, wake, updated_at, error, ...row }: SqlRow): TriggerRow {
  return {
    ...row,
    flowId: flow,
    triggerId: id,
    definition,
    sourceType: source_type,
    isOff: off === 1,
    state: parseJson(state) as unknown as TriggerState,
    updatedAt: updated_at,
    ...(wake !== null && { wake }),
    ...(error !== null && { error }),
  };
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS scheduler (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS trigger (
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    wake INTEGER,
    revision INTEGER NOT NULL,
    off INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    source_type TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (namespace, flow, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS trigger_wake ON trigger (wake) WHERE wake IS NOT NULL;
  CREATE TABLE IF NOT EXISTS log (
    line INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    message TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS log_of_trigger ON log (namespace, flow, id, line);
  CREATE TABLE IF NOT EXISTS start (execution TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changed (
    namespace TEXT NOT NULL,
    flow TEXT NOT NULL,
    PRIMARY KEY (namespace, flow)
  ) WITHOUT ROWID;
`;
