/** The time as pages show it. It ticks only while somebody looks at it. */
import { createSubscriber } from 'svelte/reactivity';

export class Clock {
  readonly #subscribe: () => void;

  constructor(everyMs: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, everyMs);
      return () => clearInterval(timer);
    });
  }

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** For bars and durations that move. */
export const quickClock = new Clock(200);
/** For "5 min ago". */
export const slowClock = new Clock(10_000);
