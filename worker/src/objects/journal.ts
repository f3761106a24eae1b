/** The rows of a shard of executions, and nothing about their meaning.
 *   J1. A turn is one transaction: state, effects to come, log lines and the news for the index are there together or not at all.
 *   J2. Rows written are the bill: a turn of a small execution rewrites one row, adds one row of log lines and touches the
 *       row of news. Task runs beyond the first chunk have rows of their own, written only when they change.
 *   J3. Only executions with something due or outside stand in the index, so that waking never reads the ended ones. */
import type { Effect } from '../engine/effect.ts';
import type { ExecutionId } from '../ids.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { LogLevel } from '../protocol/states.ts';

/** A line as it is stored; who and where follow from the execution and its task run. */
export interface StoredLine {
  at: number;
  level: LogLevel;
  message: string;
  taskRun?: number;
  attempt?: number;
}

export interface StoredMetric {
  at: number;
  taskRun: number;
  name: string;
  type: 'counter' | 'timer';
  value: number;
  tags?: Record<string, string>;
}

/** Where a batch of lines came from, so that a repeated one is recognised: the attempt, and the number of its next line. */
export interface LineSource {
  attempt: string;
  next: number;
}

export interface StoredExecution {
  version: number;
  head: string;
  chunks: { index: number; text: string }[];
  outbox: Effect[];
}

/** What a turn changes. */
export interface TurnRecord {
  id: ExecutionId;
  version: number;
  head: string;
  chunks: readonly { index: number; text: string }[];
  outbox: readonly Effect[];
  /** The earliest timer; absent when it has none. */
  timerAt?: number;
  ended: boolean;
}

export interface LogRecord {
  id: ExecutionId;
  lines: readonly StoredLine[];
  metrics?: readonly StoredMetric[];
  source?: LineSource;
}

/** `due` of an execution that has no timer and is not over. */
const NEVER = Number.MAX_SAFE_INTEGER;

export class Journal {
  readonly #sql: SqlStorage;
  readonly #storage: DurableObjectStorage;
  /** The number of the next row of log lines, by execution; read once. */
  readonly #nextLog = new Map<ExecutionId, number>();

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(TABLES);
  }

  transaction(work: () => void): void {
    this.#storage.transactionSync(work);
  }

  /** A value of the whole shard: the tenant, the executions with news. */
  read(key: string): string | undefined {
    return this.#sql.exec<{ value: string }>('SELECT value FROM shard WHERE key = ?', key).toArray()[0]?.value;
  }

  write(key: string, value: string): void {
    this.#sql.exec(
      'INSERT INTO shard (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }

  load(id: ExecutionId): StoredExecution | undefined {
    const row = this.#sql
      .exec<{ version: number; outbox: string; head: string; first: string | null }>(
        'SELECT version, outbox, head, first FROM execution WHERE id = ?',
        id,
      )
      .toArray()[0];
    if (row === undefined) return undefined;
    const chunks = row.first === null ? [] : [{ index: 0, text: row.first }];
    for (const { number, body } of this.#sql.exec<{ number: number; body: string }>(
      'SELECT number, body FROM chunk WHERE execution = ? ORDER BY number',
      id,
    )) {
      chunks.push({ index: number, text: body });
    }
    return { version: row.version, head: row.head, chunks, outbox: unpackOutbox(row.outbox) };
  }

  store(turn: TurnRecord): void {
    const first = turn.chunks.find(({ index }) => index === 0)?.text ?? null;
    const open = !turn.ended || turn.outbox.length > 0;
    this.#sql.exec(
      `INSERT INTO execution (id, due, outside, version, outbox, head, first) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET due = excluded.due, outside = excluded.outside, version = excluded.version,
         outbox = excluded.outbox, head = excluded.head, first = coalesce(excluded.first, first)`,
      turn.id,
      open ? (turn.timerAt ?? NEVER) : null,
      turn.outbox.length > 0 ? 1 : 0,
      turn.version,
      packOutbox(turn.outbox),
      turn.head,
      first,
    );
    for (const { index, text } of turn.chunks) {
      if (index === 0) continue;
      this.#sql.exec(
        'INSERT INTO chunk (execution, number, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
        turn.id,
        index,
        text,
      );
    }
  }

  /** After effects were performed that leave no trace in the state. */
  storeOutbox(id: ExecutionId, outbox: readonly Effect[], ended: boolean): void {
    this.#sql.exec(
      'UPDATE execution SET outbox = ?, outside = ?, due = CASE WHEN ? THEN NULL ELSE due END WHERE id = ?',
      packOutbox(outbox),
      outbox.length > 0 ? 1 : 0,
      ended && outbox.length === 0 ? 1 : 0,
      id,
    );
  }

  appendLog({ id, lines, metrics, source }: LogRecord): void {
    if (lines.length === 0 && metrics === undefined && source === undefined) return;
    const number = this.#nextLogNumber(id);
    this.#sql.exec(
      'INSERT INTO log (execution, number, source, next, lines, metrics) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      number,
      source?.attempt ?? null,
      source?.next ?? null,
      stringifyJson(lines),
      metrics === undefined ? null : stringifyJson(metrics),
    );
    this.#nextLog.set(id, number + 1);
  }

  /** All lines of an execution, in the order in which they were accepted. */
  *lines(id: ExecutionId): Generator<StoredLine> {
    for (const row of this.#sql.exec<{ lines: string }>(
      'SELECT lines FROM log WHERE execution = ? ORDER BY number',
      id,
    )) {
      yield* JSON.parse(row.lines) as StoredLine[];
    }
  }

  *metrics(id: ExecutionId): Generator<StoredMetric> {
    for (const row of this.#sql.exec<{ metrics: string }>(
      'SELECT metrics FROM log WHERE execution = ? AND metrics IS NOT NULL ORDER BY number',
      id,
    )) {
      yield* JSON.parse(row.metrics) as StoredMetric[];
    }
  }

  /** The number of the next line that is expected from an attempt. */
  nextLine(id: ExecutionId, attempt: string): number {
    const row = this.#sql
      .exec<{ next: number | null }>(
        'SELECT max(next) AS next FROM log WHERE execution = ? AND source = ?',
        id,
        attempt,
      )
      .one();
    return row.next ?? 0;
  }

  deleteLog(id: ExecutionId): void {
    this.#sql.exec('DELETE FROM log WHERE execution = ?', id);
    this.#nextLog.delete(id);
  }

  delete(id: ExecutionId): void {
    for (const table of ['chunk', 'log', 'poison']) this.#sql.exec(`DELETE FROM ${table} WHERE execution = ?`, id);
    this.#sql.exec('DELETE FROM execution WHERE id = ?', id);
    this.#nextLog.delete(id);
  }

  /** Executions with a timer at or before `at`, the earliest first. */
  due(at: number, limit: number): ExecutionId[] {
    return this.#sql
      .exec<{ id: string }>(
        'SELECT id FROM execution WHERE outside IN (0, 1) AND due <= ? ORDER BY due LIMIT ?',
        at,
        limit,
      )
      .toArray()
      .map(({ id }) => id as ExecutionId);
  }

  nextTimerAt(): number | undefined {
    const { at } = this.#sql
      .exec<{ at: number | null }>('SELECT min(due) AS at FROM execution WHERE due IS NOT NULL')
      .one();
    return at === null || at === NEVER ? undefined : at;
  }

  /** Executions whose outbox is not empty. */
  outside(): ExecutionId[] {
    return this.#sql
      .exec<{ id: string }>('SELECT id FROM execution WHERE outside = 1 AND due IS NOT NULL')
      .toArray()
      .map(({ id }) => id as ExecutionId);
  }

  /** Keeps an event that the engine could not fold, for whoever looks into it. */
  keepPoison(id: ExecutionId, at: number, event: string, error: string): void {
    this.#sql.exec(
      'INSERT INTO poison (execution, at, event, error) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      id,
      at,
      event,
      error,
    );
  }

  #nextLogNumber(id: ExecutionId): number {
    const known = this.#nextLog.get(id);
    if (known !== undefined) return known;
    const { last } = this.#sql
      .exec<{ last: number | null }>('SELECT max(number) AS last FROM log WHERE execution = ?', id)
      .one();
    return last === null ? 0 : last + 1;
  }

  /** Forgets what it remembers of an execution that left memory. */
  forget(id: ExecutionId): void {
    this.#nextLog.delete(id);
  }
}

/** Small columns first: a look at `due` or `outside` then stays off the pages that a long head fills. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS shard (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS execution (
    id TEXT PRIMARY KEY,
    due INTEGER,
    outside INTEGER NOT NULL,
    version INTEGER NOT NULL,
    outbox TEXT NOT NULL,
    head TEXT NOT NULL,
    first TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS execution_open ON execution (outside, due) WHERE due IS NOT NULL;
  CREATE TABLE IF NOT EXISTS chunk (
    execution TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log (
    execution TEXT NOT NULL,
    number INTEGER NOT NULL,
    source TEXT,
    next INTEGER,
    lines TEXT NOT NULL,
    metrics TEXT,
    PRIMARY KEY (execution, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS poison (
    execution TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (execution, at)
  ) WITHOUT ROWID;
`;

/** Attempts are most of an outbox: a pair of numbers each. */
function packOutbox(effects: readonly Effect[]): string {
  return stringifyJson(
    effects.map((effect) => (effect.type === 'run-task' ? [effect.taskRun, effect.attempt] : effect)),
  );
}

function unpackOutbox(text: string): Effect[] {
  return (parseJson(text) as unknown as (Effect | [number, number])[]).map((item) =>
    Array.isArray(item) ? { type: 'run-task', taskRun: item[0], attempt: item[1] } : item,
  );
}
