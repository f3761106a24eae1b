/** When a failed attempt is tried again. Pure: chance comes from the ids, so a replay waits as long as the original did. */
import type { Flow, Retry, Task } from '../flow/flow.ts';
import { placeOf } from './flow-index.ts';

/** The policy of a task: its own, else that of the nearest task around it, else the flow's. */
export function retryPolicy(flow: Flow, task: Task): Retry | undefined {
  for (let at: Task | undefined = task; at !== undefined; at = placeOf(flow, at.id)?.owner) {
    if (at.retry) return at.retry;
  }
  return flow.retry;
}

export interface AttemptsMade {
  /** How many attempts were made, the failed one included. */
  count: number;
  firstAt: number;
  now: number;
  /** The same text gives the same random delay. */
  seed: string;
}

/** The time of the next attempt, or undefined when there is none. */
export function nextAttemptAt(retry: Retry, made: AttemptsMade): number | undefined {
  if (retry.attemptsMax !== undefined && made.count >= retry.attemptsMax) return undefined;
  const at = made.now + delayMs(retry, made);
  return retry.durationMsMax !== undefined && at > made.firstAt + retry.durationMsMax ? undefined : at;
}

function delayMs(retry: Retry, made: AttemptsMade): number {
  switch (retry.type) {
    case 'constant':
      return retry.intervalMs;
    case 'exponential':
      return Math.min(retry.intervalMs * retry.delayFactor ** (made.count - 1), retry.intervalMsMax);
    case 'random':
      return Math.floor(
        retry.intervalMsMin + fraction(`${made.seed}:${made.count}`) * (retry.intervalMsMax - retry.intervalMsMin),
      );
  }
}

/** A number in [0, 1) that looks random and depends on the text alone (FNV-1a). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
