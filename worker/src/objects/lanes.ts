/** Work in lanes: one after the other within a lane, independent between lanes. Work that need not wait, in a lane that is
 *  free, is done before `run` returns. */
export class Lanes<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();

  run<T>(key: Key, work: () => T | Promise<T>): T | Promise<T> {
    const tail = this.#tails.get(key);
    const result = tail === undefined ? work() : tail.then(work);
    if (!(result instanceof Promise)) return result;
    const over = result.then(ignore, ignore).then(() => {
      if (this.#tails.get(key) === over) this.#tails.delete(key);
    });
    this.#tails.set(key, over);
    return result;
  }

  isBusy(key: Key): boolean {
    return this.#tails.has(key);
  }
}

function ignore(): void {}
