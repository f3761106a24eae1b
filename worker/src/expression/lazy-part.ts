import { Suspension } from './run.ts';

/** A large part of the interpreter that few templates need. It is loaded when the first of them is rendered: that rendering
 *  is suspended once, and from then on the part is there at once. */
export class LazyPart<T> {
  readonly #import: () => Promise<T>;
  #part: T | undefined;

  constructor(load: () => Promise<T>) {
    this.#import = load;
  }

  /** The part; suspends the rendering when it is not loaded yet. */
  get(): T {
    if (this.#part === undefined) throw new Suspension(this.load(), false);
    return this.#part;
  }

  /** The part when it is loaded already. */
  get loaded(): T | undefined {
    return this.#part;
  }

  async load(): Promise<T> {
    this.#part ??= await this.#import();
    return this.#part;
  }

  /** For programs whose bundle has the part anyway. */
  provide(part: T): void {
    this.#part = part;
  }
}
