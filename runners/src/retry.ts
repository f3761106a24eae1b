/** Waiting between tries: full jitter, so that a thousand runners do not come back in step. */
import { setTimeout as delay } from 'node:timers/promises';
import { ServerError } from './server.ts';

const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 30_000;

export function backoffMs(tries: number, random = Math.random()): number {
  return Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** tries) * (0.5 + random / 2);
}

/** Waits, or ends early when the signal says so; never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** Repeats a request that may be repeated, until it succeeds, is refused for good, or `giveUp` fires. */
export async function persist<T>(work: () => Promise<T>, giveUp: AbortSignal): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServerError) || !error.isPassing || giveUp.aborted) throw error;
      await pause(backoffMs(tries), giveUp);
      if (giveUp.aborted) throw error;
    }
  }
}
