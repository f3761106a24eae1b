/** Virtual time: whatever waits stands in one queue, and time goes by only from one piece of work to the next. */
interface Waiting {
  at: number;
  work: () => void;
  /** Who set it: what a dead owner wanted is not done. */
  owner: object | undefined;
}

export class SimulatedClock {
  now: number;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;

  constructor(now: number) {
    this.now = now;
  }

  after(ms: number, work: () => void, owner?: object): number {
    this.#waiting.set(++this.#ids, { at: this.now + Math.max(0, ms), work, owner });
    return this.#ids;
  }

  cancel(id: number): void {
    this.#waiting.delete(id);
  }

  forget(owner: object): void {
    for (const [id, waiting] of this.#waiting) if (waiting.owner === owner) this.#waiting.delete(id);
  }

  /** Does what is due next; false when nothing waits. */
  step(): boolean {
    let next: [number, Waiting] | undefined;
    for (const entry of this.#waiting) if (next === undefined || entry[1].at < next[1].at) next = entry;
    if (next === undefined) return false;
    const [id, { at, work }] = next;
    this.#waiting.delete(id);
    this.now = Math.max(this.now, at);
    work();
    return true;
  }
}
