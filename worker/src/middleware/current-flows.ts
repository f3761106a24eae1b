/** The flows that this Worker has lately started: reading which revision is current costs more than all else that a start does.
 *  Every request that changes flows calls `forget`, so that the change holds here at once; other Workers follow when their own
 *  entries have aged. */
import { createMiddleware } from 'hono/factory';
import type { Flow } from '../flow/flow.ts';
import { FLOW_CURRENT_CACHE_MS, FLOWS_CACHED_MAX } from '../limits.ts';
import type { GlobalEnv } from './context.ts';
import { TtlCache } from './ttl-cache.ts';

export class CurrentFlows {
  readonly #flows = new TtlCache<Flow>({ lifeMs: FLOW_CURRENT_CACHE_MS, max: FLOWS_CACHED_MAX });
  #changes = 0;

  /** `read` throws when the flow cannot be started. */
  async get(key: string, now: number, read: () => Promise<Flow>): Promise<Flow> {
    const known = this.#flows.get(key, now);
    if (known !== undefined) return known;
    const changes = this.#changes;
    const flow = await read();
    // What was read while somebody changed it may be the old one.
    if (changes === this.#changes) this.#flows.set(key, flow, now);
    return flow;
  }

  forget(): void {
    this.#changes++;
    this.#flows.clear();
  }
}

/** For routes that change flows, or what flows inherit from their namespace. */
export const forgetFlows = createMiddleware<GlobalEnv>(async function forgetFlows(c, next) {
  try {
    await next();
  } finally {
    if (c.req.method !== 'GET') c.var.currentFlows.forget();
  }
});
