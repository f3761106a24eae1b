/** How work arrives: closed (somebody waits for each answer before the next) or open (work comes whether or not it is answered). */
import { setTimeout as delay } from 'node:timers/promises';

export interface Timing {
  /** Milliseconds from the moment each piece of work was due to its answer. */
  latencies: number[];
  ms: number;
}

/** `count` pieces of work, `inFlight` at a time. */
export async function closedLoop(count: number, inFlight: number, work: () => Promise<void>): Promise<Timing> {
  const latencies: number[] = [];
  let left = count;
  const begun = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const at = performance.now();
      await work();
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { latencies, ms: performance.now() - begun };
}

/** `perMinute` pieces of work, evenly, for some seconds. */
export async function openLoop(perMinute: number, seconds: number, work: () => Promise<void>): Promise<Timing> {
  const every = 60_000 / perMinute;
  const count = Math.round((seconds * 1000) / every);
  const latencies: number[] = [];
  const begun = performance.now();
  const all: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const due = begun + n * every;
    const early = due - performance.now();
    if (early > 1) await delay(early);
    all.push(work().then(() => void latencies.push(performance.now() - due)));
  }
  await Promise.all(all);
  return { latencies, ms: performance.now() - begun };
}
