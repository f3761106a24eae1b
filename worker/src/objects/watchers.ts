/** Who looks at an execution right now: requests that wait for its end, and event streams. Nothing here is stored; after a
 *  crash clients connect again. */
import type { ExecutionId } from '../ids.ts';
import { EventStream } from './event-stream.ts';
import type { StoredLine } from './journal.ts';

/** Where an execution stands, as watchers need it; the texts are made only when somebody wants them. */
export interface Sighting {
  id: ExecutionId;
  /** Terminal, and afterExecution is done. */
  isOver: boolean;
  /** Over or waiting for a person: `wait` does not wait any longer. */
  rests: boolean;
  view(): string;
}

interface Follower<T> {
  stream: EventStream;
  accepts(item: T): boolean;
}

export interface LogItem {
  line: StoredLine;
  text(): string;
}

export class Watchers {
  readonly #waiting = new Map<ExecutionId, Set<() => void>>();
  readonly #states = new Map<ExecutionId, Set<EventStream>>();
  readonly #logs = new Map<ExecutionId, Set<Follower<LogItem>>>();

  /** Resolves when the execution rests, or after `ms`. */
  rest(id: ExecutionId, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        remove(this.#waiting, id, done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      add(this.#waiting, id, done);
    });
  }

  /** States of an execution: `start`, `progress`…, `end`. */
  follow(sighting: Sighting): ReadableStream<Uint8Array> {
    const stream: EventStream = new EventStream(() => remove(this.#states, sighting.id, stream));
    stream.send('start', sighting.view());
    if (sighting.isOver) endWith(stream, sighting.view());
    else add(this.#states, sighting.id, stream);
    return stream.readable;
  }

  /** Log entries, those that are there already first. */
  followLogs(
    id: ExecutionId,
    past: Iterable<LogItem>,
    accepts: (item: LogItem) => boolean,
  ): ReadableStream<Uint8Array> {
    const follower: Follower<LogItem> = { stream: new EventStream(() => remove(this.#logs, id, follower)), accepts };
    follower.stream.send('start', '{}');
    for (const item of past) if (accepts(item)) follower.stream.send('progress', item.text());
    add(this.#logs, id, follower);
    return follower.stream.readable;
  }

  publish(sighting: Sighting): void {
    if (sighting.rests) for (const done of [...(this.#waiting.get(sighting.id) ?? [])]) done();
    const streams = this.#states.get(sighting.id);
    if (streams === undefined) return;
    const view = sighting.view();
    for (const stream of [...streams]) {
      if (sighting.isOver) {
        remove(this.#states, sighting.id, stream);
        endWith(stream, view);
      } else stream.sendState('progress', view);
    }
  }

  publishLog(id: ExecutionId, items: () => LogItem[]): void {
    const followers = this.#logs.get(id);
    if (followers === undefined) return;
    for (const item of items()) {
      for (const { stream, accepts } of followers) if (accepts(item)) stream.send('progress', item.text());
    }
  }

  isWatched(id: ExecutionId): boolean {
    return this.#waiting.has(id) || this.#states.has(id) || this.#logs.has(id);
  }

  /** The execution is deleted. */
  dismiss(id: ExecutionId): void {
    for (const done of [...(this.#waiting.get(id) ?? [])]) done();
    for (const stream of [...(this.#states.get(id) ?? [])]) stream.end();
    for (const { stream } of [...(this.#logs.get(id) ?? [])]) stream.end();
  }
}

function endWith(stream: EventStream, view: string): void {
  stream.send('end', view);
  stream.end();
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

function remove<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
