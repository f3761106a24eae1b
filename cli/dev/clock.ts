/** Fires the cron triggers: local workerd knows them but has no clock of its own for them. */
import { setTimeout as delay } from 'node:timers/promises';

const MINUTE_MS = 60_000;

export async function tickEveryMinute(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(MINUTE_MS - (Date.now() % MINUTE_MS), undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await tick(url, signal);
  }
}

/** A tick that fails is no reason to stop: the next one does the same work. */
async function tick(url: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`, { signal });
    await answer.body?.cancel();
  } catch {
    // the server is restarting or ending
  }
}
