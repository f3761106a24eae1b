/** What this Worker has lately read about who may do what. Everything that takes a right away calls `forget`, so that it
 *  holds here at once; other Workers follow when their own entries have aged. */
import type { Membership } from '../db/members.ts';
import { CREDENTIAL_CACHE_MS, CREDENTIALS_CACHED_MAX } from '../limits.ts';
import type { Principal } from './authenticate.ts';
import { TtlCache } from './ttl-cache.ts';

const BOUNDS = { lifeMs: CREDENTIAL_CACHE_MS, max: CREDENTIALS_CACHED_MAX };

export class Trust {
  readonly principals = new TtlCache<Principal>(BOUNDS);
  readonly memberships = new TtlCache<Membership>(BOUNDS);

  forget(): void {
    this.principals.clear();
    this.memberships.clear();
  }
}
