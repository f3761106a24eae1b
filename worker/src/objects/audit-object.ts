/** The audit log of one tenant, append-only.
 *   A1. Every record carries the hash of itself and of the one before it: a record that is changed, left out or moved breaks the
 *       chain from there on.
 *   A2. Only the oldest go, when there are too many; the hash of the last that went is where the chain begins then. */
import { DurableObject } from 'cloudflare:workers';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Env } from '../env.ts';
import { AUDIT_RECORDS_MAX } from '../limits.ts';
import type { AuditQuery, AuditRecord, StoredAuditRecord } from '../protocol/audit.ts';
import type { Page } from '../protocol/paging.ts';

export class AuditObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(TABLES);
  }

  append(records: AuditRecord[]): void {
    this.ctx.storage.transactionSync(() => {
      let previous = this.#newest();
      for (const record of records) {
        const id = previous.id + 1;
        const document = JSON.stringify(record);
        previous = { id, hash: hashOf(previous.hash, document) };
        const { at, type, resource, userId, target } = record;
        this.#sql.exec(
          'INSERT INTO record (id, at, type, resource, user_id, namespace, document, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          ...[id, at, type, resource, userId, target.namespace ?? null, document, previous.hash],
        );
      }
      this.#drop(previous.id - AUDIT_RECORDS_MAX);
    });
  }

  /** Newest first. */
  search(
    query: AuditQuery,
    { offset, size }: Pick<Page, 'offset' | 'size'>,
  ): { records: StoredAuditRecord[]; total: number } {
    const { where, values } = conditionsOf(query);
    const { total } = this.#sql
      .exec<{ total: number }>(`SELECT count(*) AS total FROM record ${where}`, ...values)
      .one();
    const rows = this.#sql
      .exec<Row>(
        `SELECT id, document, hash FROM record ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
        ...values,
        size,
        offset,
      )
      .toArray();
    return { records: rows.map(toRecord), total };
  }

  /** Whether the chain holds; the id of the first record that does not fit. */
  verify(): { records: number; brokenAt?: number } {
    let previous = this.#anchor();
    let records = 0;
    for (const { id, document, hash } of this.#sql.exec<Row>('SELECT id, document, hash FROM record ORDER BY id')) {
      if (id !== previous.id + 1 || hash !== hashOf(previous.hash, document))
        return { records, brokenAt: previous.id + 1 };
      previous = { id, hash };
      records++;
    }
    return { records };
  }

  async erase(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#sql.exec(TABLES);
  }

  #drop(upTo: number): void {
    if (upTo <= this.#anchor().id) return;
    this.#sql.exec('INSERT OR REPLACE INTO anchor (one, id, hash) SELECT 1, id, hash FROM record WHERE id = ?', upTo);
    this.#sql.exec('DELETE FROM record WHERE id <= ?', upTo);
  }

  #newest(): Link {
    const [row] = this.#sql.exec<Link>('SELECT id, hash FROM record ORDER BY id DESC LIMIT 1').toArray();
    return row ?? this.#anchor();
  }

  #anchor(): Link {
    const [row] = this.#sql.exec<Link>('SELECT id, hash FROM anchor').toArray();
    return row ?? { id: 0, hash: '' };
  }
}

type Link = { id: number; hash: string };
type Row = Link & { document: string };

function hashOf(previous: string, document: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${previous}\n${document}`)));
}

function toRecord({ id, document, hash }: Row): StoredAuditRecord {
  return { ...(JSON.parse(document) as AuditRecord), id, hash };
}

function conditionsOf({ type, userId, resourceType, namespace, startDate, endDate }: AuditQuery) {
  const all: [string, string | number | undefined][] = [
    ['type = ?', type],
    ['user_id = ?', userId],
    ['resource = ?', resourceType],
    ['namespace = ?', namespace],
    ['at >= ?', startDate && Date.parse(startDate)],
    ['at <= ?', endDate && Date.parse(endDate)],
  ];
  const given = all.flatMap(([condition, value]) =>
    value === undefined || value === '' ? [] : [{ condition, value }],
  );
  const where = given.length === 0 ? '' : `WHERE ${given.map(({ condition }) => condition).join(' AND ')}`;
  return { where, values: given.map(({ value }) => value) };
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL, user_id TEXT NOT NULL,
    namespace TEXT, document TEXT NOT NULL, hash TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS anchor (one INTEGER PRIMARY KEY, id INTEGER NOT NULL, hash TEXT NOT NULL);`;
