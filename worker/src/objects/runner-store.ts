/** The tables of one runner group. Rows written are the bill: a job costs one row for each of offer, claim and end, and a
 *  renewal writes one column. */
import type { JobOffer, WorkspaceEnd } from '../protocol/runner.ts';
import { assert } from '../result.ts';

export type JobState = 'QUEUED' | 'OFFERED' | 'RUNNING' | 'DONE';

export interface JobRow {
  id: string;
  /** The order of arrival. */
  position: number;
  /** JSON text of the JobOffer; empty for a job that was cancelled before it came. */
  offer: string;
  state: JobState;
  runner: string | null;
  /** Of the newest claim; 0 before the first. */
  fence: number;
  /** Of the claim's sender: the same one gets the same answer. */
  attempt_id: string | null;
  queued_at: number;
  offered_at: number | null;
  started_at: number | null;
  /** When its runner was last heard about this job. */
  heard_at: number | null;
  ended_at: number | null;
  cancel: string | null;
  cancel_at: number | null;
  /** How it ended. */
  note: string | null;
  /** Writes with an old fence that were refused. */
  stale_writes: number;
}

export interface RunnerRow {
  id: string;
  name: string;
  public_key: string;
  tags: string;
  task_runners: string;
  version: string;
  protocol: number;
  slots: number;
  enrolled_at: number;
  enrolled_by: string;
  seen_at: number | null;
  /** The process that holds the key now. */
  instance: string | null;
  paused: number;
  pause_note: string | null;
  resume_at: number | null;
  /** It was asked to finish what it has and to end. */
  drain: number;
  /** When two processes were seen with its key. */
  clone_at: number | null;
}

export interface EnrolmentRow {
  id: string;
  hash: string;
  tags: string;
  uses_left: number;
  expires_at: number;
  created_by: string;
  description: string | null;
}

export interface OutboxRow {
  id: number;
  reply_to: string;
  execution_id: string;
  task_run: number;
  attempt: number;
  kind: 'event' | 'metrics';
  body: string;
  tries: number;
  due: number;
  created_at: number;
}

type Row<T> = T & Record<string, SqlStorageValue>;

export class RunnerStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS jobs (
        id TEXT PRIMARY KEY, position INTEGER NOT NULL, offer TEXT NOT NULL, state TEXT NOT NULL, runner TEXT,
        fence INTEGER NOT NULL DEFAULT 0, attempt_id TEXT, queued_at INTEGER NOT NULL, offered_at INTEGER,
        started_at INTEGER, heard_at INTEGER, ended_at INTEGER, cancel TEXT, cancel_at INTEGER, note TEXT,
        stale_writes INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS live_jobs ON jobs (state, position) WHERE state <> 'DONE';
      CREATE INDEX IF NOT EXISTS ended_jobs ON jobs (ended_at) WHERE ended_at IS NOT NULL;
      CREATE TABLE IF NOT EXISTS job_tokens (
        hash TEXT PRIMARY KEY, job TEXT NOT NULL, fence INTEGER NOT NULL, runner TEXT NOT NULL, made_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS runners (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, public_key TEXT NOT NULL UNIQUE, tags TEXT NOT NULL,
        task_runners TEXT NOT NULL, version TEXT NOT NULL, protocol INTEGER NOT NULL, slots INTEGER NOT NULL,
        enrolled_at INTEGER NOT NULL, enrolled_by TEXT NOT NULL, seen_at INTEGER, instance TEXT,
        paused INTEGER NOT NULL DEFAULT 0, pause_note TEXT, resume_at INTEGER, drain INTEGER NOT NULL DEFAULT 0,
        clone_at INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS enrolments (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, tags TEXT NOT NULL, uses_left INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, created_by TEXT NOT NULL, description TEXT
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS challenges (
        challenge TEXT PRIMARY KEY, runner TEXT NOT NULL, expires_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS sessions (
        hash TEXT PRIMARY KEY, runner TEXT NOT NULL, instance TEXT NOT NULL, expires_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS closings (job TEXT PRIMARY KEY, outcome TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS outbox (
        id INTEGER PRIMARY KEY, reply_to TEXT NOT NULL, execution_id TEXT NOT NULL, task_run INTEGER NOT NULL,
        attempt INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        due INTEGER NOT NULL, created_at INTEGER NOT NULL
      );
      CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    `);
  }

  // Jobs.

  job(id: string): JobRow | undefined {
    return this.#first<JobRow>('SELECT * FROM jobs WHERE id = ?', id);
  }

  liveJobs(): JobRow[] {
    return this.#all<JobRow>(`SELECT * FROM jobs WHERE state <> 'DONE' ORDER BY position`);
  }

  jobsIn(state: Exclude<JobState, 'DONE'>): JobRow[] {
    return this.#all<JobRow>('SELECT * FROM jobs WHERE state = ? ORDER BY position', state);
  }

  newestJobs(count: number): JobRow[] {
    return this.#all<JobRow>(
      `SELECT * FROM (SELECT * FROM jobs WHERE state <> 'DONE' AND offer <> '' ORDER BY position DESC LIMIT ?1)
       UNION ALL SELECT * FROM (SELECT * FROM jobs WHERE ended_at IS NOT NULL AND offer <> '' ORDER BY ended_at DESC LIMIT ?1)
       ORDER BY position DESC LIMIT ?1`,
      count,
    );
  }

  addJob(offer: JobOffer, at: number): JobRow {
    this.#sql.exec(
      `INSERT INTO jobs (id, position, offer, state, queued_at) VALUES (?, ?, ?, 'QUEUED', ?)`,
      offer.jobId,
      this.next('position'),
      JSON.stringify(offer),
      at,
    );
    return this.#must(this.job(offer.jobId));
  }

  /** Remembers that a job was cancelled which has not come yet. */
  addCancelled(id: string, reason: string, at: number): void {
    this.#sql.exec(
      `INSERT INTO jobs (id, position, offer, state, queued_at, ended_at, cancel, cancel_at, note)
       VALUES (?1, ?2, '', 'DONE', ?3, ?3, ?4, ?3, 'cancelled before it was offered')`,
      id,
      this.next('position'),
      at,
      reason,
    );
  }

  /** A job that was cancelled before it came gets its offer, for the record. */
  fillCancelled(offer: JobOffer): void {
    this.#sql.exec('UPDATE jobs SET offer = ? WHERE id = ?', JSON.stringify(offer), offer.jobId);
  }

  offerTo(id: string, runner: string, at: number): void {
    this.#sql.exec(`UPDATE jobs SET state = 'OFFERED', runner = ?, offered_at = ? WHERE id = ?`, runner, at, id);
  }

  unoffer(id: string): void {
    this.#sql.exec(
      `UPDATE jobs SET state = 'QUEUED', runner = NULL, offered_at = NULL, attempt_id = NULL, started_at = NULL,
       heard_at = NULL WHERE id = ?`,
      id,
    );
  }

  claim(id: string, claim: { runner: string; attemptId: string; fence: number; at: number }): void {
    this.#sql.exec(
      `UPDATE jobs SET state = 'RUNNING', runner = ?1, attempt_id = ?2, fence = ?3, started_at = ?4, heard_at = ?4 WHERE id = ?5`,
      claim.runner,
      claim.attemptId,
      claim.fence,
      claim.at,
      id,
    );
  }

  hear(id: string, at: number): void {
    this.#sql.exec('UPDATE jobs SET heard_at = ? WHERE id = ?', at, id);
  }

  askToCancel(id: string, reason: string, at: number): void {
    this.#sql.exec('UPDATE jobs SET cancel = ?, cancel_at = ? WHERE id = ?', reason, at, id);
  }

  endJob(id: string, note: string, at: number): void {
    this.#sql.exec(`UPDATE jobs SET state = 'DONE', ended_at = ?, note = ? WHERE id = ?`, at, note, id);
  }

  /** The tasks of a workspace are over. */
  askToClose(id: string, end: WorkspaceEnd): void {
    this.#sql.exec('INSERT OR IGNORE INTO closings VALUES (?, ?)', id, end);
  }

  closing(id: string): WorkspaceEnd | undefined {
    return this.#first<{ end: WorkspaceEnd }>('SELECT outcome AS end FROM closings WHERE job = ?', id)?.end;
  }

  /** Workspaces of a runner that are to be closed. */
  closings(runner: string): { jobId: string; end: WorkspaceEnd }[] {
    return this.#all(
      `SELECT job AS jobId, outcome AS end FROM closings JOIN jobs ON id = job WHERE state = 'RUNNING' AND runner = ?`,
      runner,
    );
  }

  /** Jobs in a workspace that have not started. */
  waitingIn(workspace: string): JobRow[] {
    return this.#all<JobRow>(
      `SELECT * FROM jobs WHERE state IN ('QUEUED', 'OFFERED') AND json_extract(offer, '$.workspace') = ?`,
      workspace,
    );
  }

  countStaleWrite(id: string): void {
    this.#sql.exec('UPDATE jobs SET stale_writes = stale_writes + 1 WHERE id = ?', id);
  }

  /** Jobs of each runner that take one of its slots, offered or running. */
  load(): Map<string, number> {
    const rows = this.#all<{ runner: string; count: number }>(
      `SELECT runner, count(*) AS count FROM jobs WHERE state IN ('OFFERED', 'RUNNING')
         AND json_extract(offer, '$.workspace') IS NULL
       GROUP BY runner`,
    );
    return new Map(rows.map(({ runner, count }) => [runner, count]));
  }

  addJobToken(hash: string, token: { job: string; fence: number; runner: string; at: number }): void {
    this.#sql.exec(
      'INSERT INTO job_tokens VALUES (?, ?, ?, ?, ?)',
      hash,
      token.job,
      token.fence,
      token.runner,
      token.at,
    );
  }

  jobToken(hash: string): { job: string; fence: number; runner: string } | undefined {
    return this.#first('SELECT job, fence, runner FROM job_tokens WHERE hash = ?', hash);
  }

  // Runners.

  runner(id: string): RunnerRow | undefined {
    return this.#first<RunnerRow>('SELECT * FROM runners WHERE id = ?', id);
  }

  runnerWithKey(publicKey: string): RunnerRow | undefined {
    return this.#first<RunnerRow>('SELECT * FROM runners WHERE public_key = ?', publicKey);
  }

  runners(): RunnerRow[] {
    return this.#all<RunnerRow>('SELECT * FROM runners ORDER BY name, id');
  }

  addRunner(
    runner: Pick<
      RunnerRow,
      'id' | 'name' | 'public_key' | 'tags' | 'version' | 'protocol' | 'enrolled_at' | 'enrolled_by'
    >,
  ): void {
    this.#sql.exec(
      `INSERT INTO runners (id, name, public_key, tags, task_runners, version, protocol, slots, enrolled_at, enrolled_by)
       VALUES (?, ?, ?, ?, '[]', ?, ?, 1, ?, ?)`,
      runner.id,
      runner.name,
      runner.public_key,
      runner.tags,
      runner.version,
      runner.protocol,
      runner.enrolled_at,
      runner.enrolled_by,
    );
  }

  connect(
    id: string,
    process: { instance: string; version: string; protocol: number; slots: number; taskRunners: string[]; at: number },
  ): void {
    this.#sql.exec(
      `UPDATE runners SET instance = ?, version = ?, protocol = ?, slots = ?, task_runners = ?, seen_at = ?, drain = 0 WHERE id = ?`,
      process.instance,
      process.version,
      process.protocol,
      process.slots,
      JSON.stringify(process.taskRunners),
      process.at,
      id,
    );
  }

  see(id: string, at: number): void {
    this.#sql.exec('UPDATE runners SET seen_at = ? WHERE id = ?', at, id);
  }

  /** It said good-bye: the next process needs no proof that this one is gone. */
  disconnect(id: string): void {
    this.#sql.exec('UPDATE runners SET instance = NULL, seen_at = NULL WHERE id = ?', id);
  }

  suspectClone(id: string, at: number): void {
    this.#sql.exec('UPDATE runners SET clone_at = ? WHERE id = ?', at, id);
  }

  pause(id: string, pause: { paused: boolean; note?: string; resumeAt?: number }): void {
    this.#sql.exec(
      'UPDATE runners SET paused = ?, pause_note = ?, resume_at = ? WHERE id = ?',
      pause.paused ? 1 : 0,
      pause.note ?? null,
      pause.resumeAt ?? null,
      id,
    );
  }

  askToDrain(id: string): void {
    this.#sql.exec('UPDATE runners SET drain = 1 WHERE id = ?', id);
  }

  removeRunner(id: string): void {
    this.#sql.exec('DELETE FROM runners WHERE id = ?', id);
    this.#sql.exec('DELETE FROM challenges WHERE runner = ?', id);
    this.removeSessions(id);
  }

  // Enrolment and connection.

  enrolments(at: number): EnrolmentRow[] {
    return this.#all<EnrolmentRow>(
      'SELECT * FROM enrolments WHERE expires_at > ? AND uses_left > 0 ORDER BY expires_at',
      at,
    );
  }

  enrolmentWithHash(hash: string): EnrolmentRow | undefined {
    return this.#first<EnrolmentRow>('SELECT * FROM enrolments WHERE hash = ?', hash);
  }

  addEnrolment(row: EnrolmentRow): void {
    this.#sql.exec(
      'INSERT INTO enrolments VALUES (?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.hash,
      row.tags,
      row.uses_left,
      row.expires_at,
      row.created_by,
      row.description,
    );
  }

  useEnrolment(id: string): void {
    this.#sql.exec('UPDATE enrolments SET uses_left = uses_left - 1 WHERE id = ?', id);
  }

  /** True when there was one. */
  removeEnrolment(id: string): boolean {
    return this.#sql.exec('DELETE FROM enrolments WHERE id = ?', id).rowsWritten > 0;
  }

  addChallenge(challenge: string, runner: string, expiresAt: number): void {
    this.#sql.exec('INSERT INTO challenges VALUES (?, ?, ?)', challenge, runner, expiresAt);
  }

  /** Takes the challenge: it is good for one answer. */
  takeChallenge(challenge: string, runner: string, at: number): boolean {
    const row = this.#first<{ expires_at: number }>(
      'DELETE FROM challenges WHERE challenge = ? AND runner = ? RETURNING expires_at',
      challenge,
      runner,
    );
    return row !== undefined && row.expires_at > at;
  }

  addSession(hash: string, session: { runner: string; instance: string; expiresAt: number }): void {
    this.#sql.exec(
      'INSERT INTO sessions VALUES (?, ?, ?, ?)',
      hash,
      session.runner,
      session.instance,
      session.expiresAt,
    );
  }

  session(hash: string, at: number): { runner: string; instance: string } | undefined {
    return this.#first('SELECT runner, instance FROM sessions WHERE hash = ? AND expires_at > ?', hash, at);
  }

  removeSessions(runner: string): void {
    this.#sql.exec('DELETE FROM sessions WHERE runner = ?', runner);
  }

  // Outbox: what executions must still be told.

  addToOutbox(row: Omit<OutboxRow, 'id' | 'tries'>): void {
    this.#sql.exec(
      `INSERT INTO outbox (reply_to, execution_id, task_run, attempt, kind, body, due, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.reply_to,
      row.execution_id,
      row.task_run,
      row.attempt,
      row.kind,
      row.body,
      row.due,
      row.created_at,
    );
  }

  outbox(): OutboxRow[] {
    return this.#all<OutboxRow>('SELECT * FROM outbox ORDER BY id');
  }

  settle(id: number): void {
    this.#sql.exec('DELETE FROM outbox WHERE id = ?', id);
  }

  postpone(id: number, due: number): void {
    this.#sql.exec('UPDATE outbox SET tries = tries + 1, due = ? WHERE id = ?', due, id);
  }

  // Housekeeping.

  /** A number that only grows. */
  next(name: 'fence' | 'position'): number {
    return this.#must(
      this.#first<{ value: number }>(
        'INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
        name,
      ),
    ).value;
  }

  forgetBefore(historyStart: number, now: number): void {
    this.#sql.exec('DELETE FROM jobs WHERE ended_at < ?', historyStart);
    this.#sql.exec('DELETE FROM closings WHERE job NOT IN (SELECT id FROM jobs)');
    this.#sql.exec('DELETE FROM job_tokens WHERE made_at < ? AND job NOT IN (SELECT id FROM jobs)', historyStart);
    this.#sql.exec('DELETE FROM sessions WHERE expires_at < ?', now);
    this.#sql.exec('DELETE FROM challenges WHERE expires_at < ?', now);
    this.#sql.exec('DELETE FROM enrolments WHERE expires_at < ? OR uses_left = 0', historyStart);
  }

  #all<T>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.#sql.exec<Row<T>>(query, ...values).toArray();
  }

  #first<T>(query: string, ...values: SqlStorageValue[]): T | undefined {
    return this.#all<T>(query, ...values)[0];
  }

  #must<T>(row: T | undefined): T {
    assert(row !== undefined, 'a row that was just written is there');
    return row;
  }
}
