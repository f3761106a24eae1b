/** The log entries of an execution, each exactly once and in order, whichever way and however often they arrived.
 *
 *  Two sources overlap: the history that was read and the stream that is followed. Entries have no id and equal lines are
 *  legal, so for each distinct entry the buffer holds as many as the source that showed the most of them. */
import type { LogEntry } from '../api/logs.ts';

interface Count {
  history: number;
  live: number;
  held: number;
}

export class LogBuffer {
  #entries: LogEntry[] = [];
  #counts = new Map<string, Count>();

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** The whole history; an earlier reading is replaced by a later one. */
  addHistory(entries: readonly LogEntry[]): void {
    for (const count of this.#counts.values()) count.history = 0;
    for (const entry of entries) this.#add(entry, 'history');
  }

  addLive(entry: LogEntry): void {
    this.#add(entry, 'live');
  }

  /** The stream was opened again and may repeat what it sent. */
  liveRestarted(): void {
    for (const count of this.#counts.values()) count.live = 0;
  }

  #add(entry: LogEntry, source: 'history' | 'live'): void {
    const key = [entry.timestamp, entry.level, entry.taskRunId, entry.attemptNumber, entry.message].join('\u0000');
    const count = this.#counts.get(key) ?? { history: 0, live: 0, held: 0 };
    this.#counts.set(key, count);
    count[source]++;
    if (count[source] <= count.held) return;
    count.held++;
    this.#insert(entry);
  }

  /** Nearly every entry belongs at the end; a late one goes after the last that is not younger. */
  #insert(entry: LogEntry): void {
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1]?.timestamp ?? '') > entry.timestamp) at--;
    if (at === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(at, 0, entry);
  }
}
