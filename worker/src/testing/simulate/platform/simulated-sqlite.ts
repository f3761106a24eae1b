/** SQLite as the platform gives it: to objects (what is written counts once it is confirmed) and as D1. */
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';

class Database {
  readonly sqlite = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();

  all(query: string, values: readonly unknown[]): Record<string, unknown>[] {
    return this.#statement(query).all(...values.map(bound));
  }

  exec(query: string): void {
    this.sqlite.exec(query);
  }

  #statement(query: string): StatementSync {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const made = this.sqlite.prepare(query);
    this.#statements.set(query, made);
    return made;
  }
}

function bound(value: unknown): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue);
}

/** What outlives an object's memory. */
export class Disk {
  readonly database = new Database();
  /** As confirmed. */
  alarm: number | null = null;
}

export interface StorageEvents {
  /** Something was written: it is to be confirmed in a moment. */
  onWrite(): void;
  /** Whether the object still lives; a dead one touches nothing. */
  isAlive(): boolean;
}

/** An object's storage. Everything written between two confirmations is there together or not at all. */
export class SimulatedStorage {
  readonly #disk: Disk;
  readonly #events: StorageEvents;
  #alarm: number | null;
  #isOpen = false;
  #confirmed: (() => void)[] = [];

  constructor(disk: Disk, events: StorageEvents) {
    this.#disk = disk;
    this.#events = events;
    this.#alarm = disk.alarm;
  }

  readonly sql = {
    exec: (query: string, ...values: unknown[]) => {
      if (!/^\s*SELECT/i.test(query)) this.#write();
      if (values.length > 0 || /^\s*(SELECT|INSERT|UPDATE|DELETE)/i.test(query))
        return cursor(this.#disk.database.all(query, values));
      this.#disk.database.exec(query);
      return cursor([]);
    },
  };

  transactionSync<T>(work: () => T): T {
    this.#write();
    this.#disk.database.exec('SAVEPOINT inner_work');
    try {
      const result = work();
      this.#disk.database.exec('RELEASE inner_work');
      return result;
    } catch (error) {
      this.#disk.database.exec('ROLLBACK TO inner_work; RELEASE inner_work');
      throw error;
    }
  }

  getAlarm(): Promise<number | null> {
    return Promise.resolve(this.#alarm);
  }

  setAlarm(at: number): Promise<void> {
    this.#write();
    this.#alarm = at;
    return Promise.resolve();
  }

  deleteAlarm(): Promise<void> {
    this.#write();
    this.#alarm = null;
    return Promise.resolve();
  }

  /** The platform takes the alarm before it rings. */
  takeAlarm(): void {
    this.#alarm = null;
    this.#disk.alarm = null;
  }

  /** Calls when everything written so far is confirmed: nothing leaves an object before. */
  whenConfirmed(work: () => void): void {
    if (this.#isOpen) this.#confirmed.push(work);
    else work();
  }

  confirm(): void {
    if (!this.#isOpen) return;
    this.#disk.database.exec('COMMIT');
    this.#disk.alarm = this.#alarm;
    this.#isOpen = false;
    const waiting = this.#confirmed;
    this.#confirmed = [];
    for (const work of waiting) work();
  }

  crash(): void {
    if (this.#isOpen) this.#disk.database.exec('ROLLBACK');
    this.#isOpen = false;
    this.#confirmed = [];
  }

  #write(): void {
    if (!this.#events.isAlive()) throw new Error('a dead object writes');
    if (this.#isOpen) return;
    this.#disk.database.exec('BEGIN');
    this.#isOpen = true;
    this.#events.onWrite();
  }
}

function cursor(rows: Record<string, unknown>[]) {
  return {
    toArray: () => rows,
    one: () => {
      if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one`);
      return rows[0];
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}

/** How a call to a database comes about: it may be late, or fail, before or after it was done. */
export type Reach = <T>(work: () => T) => Promise<T>;

export class SimulatedD1 {
  readonly database = new Database();
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  prepare(query: string): Prepared {
    return new Prepared(this.database, this.#reach, query, []);
  }

  batch(statements: readonly Prepared[]): Promise<unknown[]> {
    return this.#reach(() => {
      this.database.exec('BEGIN');
      const results = statements.map((statement) => statement.now());
      this.database.exec('COMMIT');
      return results;
    });
  }
}

class Prepared {
  readonly #database: Database;
  readonly #reach: Reach;
  readonly #query: string;
  readonly #values: readonly unknown[];

  constructor(database: Database, reach: Reach, query: string, values: readonly unknown[]) {
    this.#database = database;
    this.#reach = reach;
    this.#query = query;
    this.#values = values;
  }

  bind(...values: unknown[]): Prepared {
    return new Prepared(this.#database, this.#reach, this.#query, values);
  }

  now() {
    return { results: this.#database.all(this.#query, this.#values), success: true, meta: { changes: 0 } };
  }

  all() {
    return this.#reach(() => this.now());
  }

  run() {
    return this.all();
  }

  raw(): Promise<unknown[][]> {
    return this.#reach(() => this.now().results.map((row) => Object.values(row)));
  }
}
