/** A persistent list in chunks: `set` and `push` copy one chunk and share the rest, so that a fold over ten thousand task runs
 *  stays cheap, and a chunk that is still the same object need not be stored again. */

export const CHUNK_LENGTH = 64;

export class Chunks<T> implements Iterable<T> {
  readonly length: number;
  readonly chunks: readonly (readonly T[])[];

  private constructor(chunks: readonly (readonly T[])[], length: number) {
    this.chunks = chunks;
    this.length = length;
  }

  static of<T>(items: Iterable<T> = []): Chunks<T> {
    const chunks: T[][] = [];
    let length = 0;
    for (const item of items) {
      if (length % CHUNK_LENGTH === 0) chunks.push([]);
      chunks.at(-1)?.push(item);
      length++;
    }
    return new Chunks(chunks, length);
  }

  at(index: number): T | undefined {
    return this.chunks[Math.floor(index / CHUNK_LENGTH)]?.[index % CHUNK_LENGTH];
  }

  push(item: T): Chunks<T> {
    const last = this.chunks.at(-1);
    const full = last === undefined || last.length === CHUNK_LENGTH;
    return new Chunks(
      full ? [...this.chunks, [item]] : [...this.chunks.slice(0, -1), [...last, item]],
      this.length + 1,
    );
  }

  /** Replaces the item at an existing index. */
  set(index: number, item: T): Chunks<T> {
    const place = Math.floor(index / CHUNK_LENGTH);
    const chunk = this.chunks[place];
    if (chunk === undefined || index >= this.length)
      throw new RangeError(`no item ${index} in a list of ${this.length}`);
    return new Chunks(this.chunks.with(place, chunk.with(index % CHUNK_LENGTH, item)), this.length);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.chunks) yield* chunk;
  }
}
