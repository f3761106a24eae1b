import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { ExecutionId } from '../ids.ts';
import { ROW_CHARS_MAX } from '../limits.ts';
import { Journal } from './journal.ts';

const ID = 'A00000000000000000000' as ExecutionId;

function inObject(work: (journal: Journal, sql: SqlStorage) => void): Promise<void> {
  return runInDurableObject(env.EXECUTIONS.getByName('1/execution/0'), (_, { storage }) =>
    work(new Journal(storage), storage.sql),
  );
}

function turn(version: number, head: string, ...chunks: string[]) {
  return { id: ID, version, head, chunks: chunks.map((text, index) => ({ index, text })), outbox: [], ended: false };
}

function longestRow(sql: SqlStorage): number {
  const lengths = ['SELECT max(length(head)) AS n FROM execution', 'SELECT max(length(first)) AS n FROM execution'];
  lengths.push('SELECT max(length(body)) AS n FROM chunk', 'SELECT max(length(body)) AS n FROM part');
  lengths.push('SELECT max(length(lines)) AS n FROM log');
  return Math.max(...lengths.map((query) => sql.exec<{ n: number | null }>(query).one().n ?? 0));
}

describe('a state that is longer than a row', () => {
  // Every boundary of a part falls between the halves of a character at least once.
  const long = JSON.stringify(`x${'\u{1F600}'.repeat(ROW_CHARS_MAX)}`);
  const longer = JSON.stringify('y'.repeat(3 * ROW_CHARS_MAX));

  test('is read as it was written', () =>
    inObject((journal, sql) => {
      journal.store(turn(1, long, longer, '[1]', long));
      expect(journal.load(ID)).toMatchObject({ version: 1, head: long });
      expect(journal.load(ID)?.chunks.map(({ text }) => text)).toEqual([longer, '[1]', long]);
      expect(longestRow(sql)).toBeLessThanOrEqual(ROW_CHARS_MAX);
    }));

  test('may become short, and long again', () =>
    inObject((journal) => {
      journal.store(turn(1, long, longer));
      journal.store(turn(2, '{}', '[2]'));
      expect(journal.load(ID)).toMatchObject({ head: '{}', chunks: [{ text: '[2]' }] });
      journal.store(turn(3, longer, long));
      expect(journal.load(ID)).toMatchObject({ head: longer, chunks: [{ text: long }] });
    }));

  test('leaves nothing behind when it is deleted', () =>
    inObject((journal, sql) => {
      journal.store(turn(1, long, longer, long));
      journal.delete(ID);
      for (const table of ['execution', 'chunk', 'part']) {
        expect(sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n).toBe(0);
      }
    }));
});

test('many lines of one turn are kept in order, in rows that fit', () =>
  inObject((journal, sql) => {
    const lines = Array.from({ length: 300 }, (_, n) => ({
      at: n,
      level: 'INFO' as const,
      message: 'm'.repeat(10_000),
    }));
    const metrics = [{ at: 1, taskRun: 0, name: 'n', type: 'counter' as const, value: 1 }];
    journal.appendLog({ id: ID, lines, metrics, source: { attempt: 'a', next: 300 } });
    journal.appendLog({ id: ID, lines: [{ at: 300, level: 'INFO', message: 'last' }] });
    expect([...journal.lines(ID)].map(({ at }) => at)).toEqual(Array.from({ length: 301 }, (_, n) => n));
    expect([...journal.metrics(ID)]).toEqual(metrics);
    expect(journal.nextLine(ID, 'a')).toBe(300);
    expect(longestRow(sql)).toBeLessThanOrEqual(1.1 * ROW_CHARS_MAX);
  }));
