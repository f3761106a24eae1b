/** One Terraform state of one tenant: its lock, and which versions there are. Their bytes are sealed in the tenant's files; here
 *  is decided, in one place and one after the other, who may write and what the newest one is. */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { TERRAFORM_VERSIONS_MAX } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { judgeLock, judgeUnlock, judgeWrite } from './terraform-rules.ts';
import type { HeldLock, Refusal, StateWrite, Verdict } from './terraform-rules.ts';

export interface StateVersion {
  /** Names its bytes; serials may come again after a forced push. */
  number: number;
  serial: number;
  lineage: string;
  md5: string;
  size: number;
  at: number;
  by: string;
  forced: boolean;
}

export interface NewVersion extends StateWrite {
  size: number;
  at: number;
  by: string;
}

type Answer<T> = Result<T, Refusal>;

export class TerraformStateObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(TABLES);
  }

  lock(wanted: HeldLock): Answer<null> {
    const verdict = judgeLock(this.#lock(), wanted);
    if (!verdict.ok) return verdict;
    const { id, operation = null, document } = wanted;
    this.#sql.exec('DELETE FROM lock');
    this.#sql.exec('INSERT INTO lock (id, operation, document) VALUES (?, ?, ?)', id, operation, document);
    return verdict;
  }

  /** Answers whose lock was taken away, if it was not given back. */
  unlock(id: string | undefined): Answer<{ taken?: HeldLock }> {
    const held = this.#lock();
    const verdict = judgeUnlock(held, id);
    if (!verdict.ok) return verdict;
    this.#sql.exec('DELETE FROM lock');
    return ok(id === undefined && held !== undefined ? { taken: held } : {});
  }

  /** Whether this may be written, and the number its bytes are to be kept under. Numbers that come to nothing are left out. */
  prepare(write: StateWrite): Answer<Verdict & { number: number }> {
    const verdict = this.#judge(write);
    if (!verdict.ok || verdict.value.isSame) return verdict.ok ? ok({ ...verdict.value, number: 0 }) : verdict;
    const { number } = this.#sql
      .exec<{ number: number }>(
        'INSERT INTO counter (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET number = number + 1 RETURNING number',
      )
      .one();
    return ok({ ...verdict.value, number });
  }

  /** The bytes are there: it is the newest one now. Asked again, since the lock may have gone meanwhile. Answers the numbers of the
   *  versions that are too old to be kept. */
  commit(number: number, write: NewVersion): Answer<{ dropped: number[] }> {
    const verdict = this.#judge(write);
    if (!verdict.ok) return verdict;
    const { serial, lineage, md5, size, at, by } = write;
    this.#sql.exec(
      'INSERT INTO version (number, serial, lineage, md5, size, at, by, forced) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[number, serial, lineage, md5, size, at, by, verdict.value.isForced ? 1 : 0],
    );
    const dropped = this.#sql
      .exec<{ number: number }>(
        `DELETE FROM version WHERE number NOT IN (SELECT number FROM version ORDER BY number DESC LIMIT ?) RETURNING number`,
        TERRAFORM_VERSIONS_MAX,
      )
      .toArray();
    return ok({ dropped: dropped.map((row) => row.number) });
  }

  status(): { current?: StateVersion; lock?: HeldLock } {
    const [current, lock] = [this.#newest(), this.#lock()];
    return { ...(current && { current }), ...(lock && { lock }) };
  }

  /** Newest first. */
  versions(): StateVersion[] {
    return this.#sql.exec<VersionRow>('SELECT * FROM version ORDER BY number DESC').toArray().map(toVersion);
  }

  /** Forgets everything, unless it is locked. */
  async remove(): Promise<Answer<null>> {
    const holder = this.#lock();
    if (holder !== undefined) return fail({ kind: 'locked', holder });
    await this.erase();
    return ok(null);
  }

  async erase(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#sql.exec(TABLES);
  }

  #judge(write: StateWrite): Answer<Verdict> {
    return judgeWrite(this.#lock(), this.#newest(), write);
  }

  #lock(): HeldLock | undefined {
    const [row] = this.#sql.exec<LockRow>('SELECT id, operation, document FROM lock').toArray();
    return row && { id: row.id, document: row.document, ...(row.operation !== null && { operation: row.operation }) };
  }

  #newest(): StateVersion | undefined {
    const [row] = this.#sql.exec<VersionRow>('SELECT * FROM version ORDER BY number DESC LIMIT 1').toArray();
    return row && toVersion(row);
  }
}

type LockRow = { id: string; operation: string | null; document: string };
type VersionRow = Omit<StateVersion, 'forced'> & { forced: number };

function toVersion({ forced, ...version }: VersionRow): StateVersion {
  return { ...version, forced: forced === 1 };
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS lock (id TEXT PRIMARY KEY, operation TEXT, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS version (
    number INTEGER PRIMARY KEY, serial INTEGER NOT NULL, lineage TEXT NOT NULL, md5 TEXT NOT NULL, size INTEGER NOT NULL,
    at INTEGER NOT NULL, by TEXT NOT NULL, forced INTEGER NOT NULL
  );`;
