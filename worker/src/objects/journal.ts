/** The rows of a shard of executions, and nothing about their meaning.
 *   J1. A turn is one transaction: state, effects to come, log lines and the news for the index are there together or not at all.
 *   J2. Rows written are the bill: a turn of a small execution rewrites one row, adds one row of log lines and touches the
 *       row of news. Task runs beyond the first chunk have rows of their own, written only when they change.
 *   J3. Only executions with something due or outside stand in the index, so that waking never reads the ended ones.
 *   J4. No row is longer than the platform allows: a longer text lies in parts, and is read as if it did not. */
import type { Effect } from '../engine/effect.ts';
import type { ExecutionId } from '../ids.ts';
import { ROW_CHARS_MAX } from '../limits.ts';
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
    const chunks = row.first === null ? [] : [{ index: 0, text: this.#whole(id, '0', row.first) }];
    for (const { number, body } of this.#sql.exec<{ number: number; body: string }>(
      'SELECT number, body FROM chunk WHERE execution = ? ORDER BY number',
      id,
    )) {
      chunks.push({ index: number, text: this.#whole(id, String(number), body) });
    }
    return { version: row.version, head: this.#whole(id, 'head', row.head), chunks, outbox: unpackOutbox(row.outbox) };
  }

  store(turn: TurnRecord): void {
    const chunks = turn.chunks.map(({ index, text }) => ({ index, text: this.#fitting(turn.id, String(index), text) }));
    const first = chunks.find(({ index }) => index === 0)?.text ?? null;
    const open = !turn.ended || turn.outbox.length > 0;
    // Nobody has said anything about it yet: no need to look.
    if (turn.version === 1) this.#nextLog.set(turn.id, 0);
    this.#sql.exec(
      `INSERT INTO execution (id, due, outside, version, outbox, head, first) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET due = excluded.due, outside = excluded.outside, version = excluded.version,
         outbox = excluded.outbox, head = excluded.head, first = coalesce(excluded.first, first)`,
      turn.id,
      open ? (turn.timerAt ?? NEVER) : null,
      turn.outbox.length > 0 ? 1 : 0,
      turn.version,
      packOutbox(turn.outbox),
      this.#fitting(turn.id, 'head', turn.head),
      first,
    );
    for (const { index, text } of chunks) {
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
    const rows = rowsOf(lines);
    let number = this.#nextLogNumber(id);
    for (const [n, row] of rows.entries()) {
      // Where the lines came from, and the metrics beside them, stand once: in the first row.
      const [from, measured] = n === 0 ? [source, metrics] : [undefined, undefined];
      this.#sql.exec(
        'INSERT INTO log (execution, number, source, next, lines, metrics) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        number++,
        from?.attempt ?? null,
        from?.next ?? null,
        row,
        measured === undefined ? null : stringifyJson(measured),
      );
    }
    this.#nextLog.set(id, number);
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
    for (const table of ['chunk', 'part', 'log', 'poison'])
      this.#sql.exec(`DELETE FROM ${table} WHERE execution = ?`, id);
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

  /** The text as it fits into a row: itself, or, when it is too long, how many parts it lies in. */
  #fitting(id: ExecutionId, name: string, text: string): string {
    if (text.length <= ROW_CHARS_MAX) return text;
    const parts = partsOf(text);
    for (const [number, body] of parts.entries()) {
      this.#sql.exec(
        'INSERT INTO part (execution, name, number, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
        id,
        name,
        number,
        body,
      );
    }
    return `${IN_PARTS}${parts.length}`;
  }

  #whole(id: ExecutionId, name: string, text: string): string {
    if (!text.startsWith(IN_PARTS)) return text;
    return this.#sql
      .exec<{ body: string }>(
        'SELECT body FROM part WHERE execution = ? AND name = ? AND number < ? ORDER BY number',
        id,
        name,
        Number(text.slice(IN_PARTS.length)),
      )
      .toArray()
      .map(({ body }) => body)
      .join('');
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

/** No JSON begins like this. */
const IN_PARTS = '~';

function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + ROW_CHARS_MAX);
    // The two halves of one character stay together: alone they are no text.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end--;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

/** Lines as the JSON of the rows that hold them; at least one row, for what comes without lines. */
function rowsOf(lines: readonly StoredLine[]): string[] {
  const rows: string[][] = [[]];
  let chars = 0;
  for (const line of lines) {
    const text = stringifyJson(line);
    if (chars > 0 && chars + text.length > ROW_CHARS_MAX) {
      rows.push([]);
      chars = 0;
    }
    rows.at(-1)?.push(text);
    chars += text.length;
  }
  return rows.map((texts) => `[${texts.join(',')}]`);
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
  CREATE TABLE IF NOT EXISTS part (
    execution TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (execution, name, number)
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
