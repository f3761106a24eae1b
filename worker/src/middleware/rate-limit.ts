/** Named limits of calls (`CALLS_PER_MINUTE_MAX`): by address for those who are nobody yet, by credential for everybody else. Counted
 *  in this Worker's memory, so that a call costs no write; every answer says what is left. */
import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../errors.ts';
import { CALLERS_COUNTED_MAX, CALLS_PER_MINUTE_MAX } from '../limits.ts';
import type { GlobalEnv } from './context.ts';

type LimitName = keyof typeof CALLS_PER_MINUTE_MAX;

const WINDOW_MS = 60_000;

/** Calls by caller, in windows of a minute that begin with the first call. */
export class CallCounts {
  readonly #windows = new Map<string, { calls: number; endsAt: number }>();

  /** Counts a call; answers how many there were in this window, with this one, and when it ends. */
  add(caller: string, now: number): { calls: number; endsAt: number } {
    const known = this.#windows.get(caller);
    if (known !== undefined && now < known.endsAt) {
      known.calls++;
      return known;
    }
    const window = { calls: 1, endsAt: now + WINDOW_MS };
    this.#windows.delete(caller);
    this.#windows.set(caller, window);
    // The first entry is the one whose window began longest ago.
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= CALLERS_COUNTED_MAX) break;
      this.#windows.delete(oldest);
    }
    return window;
  }
}

/** Before anybody is known: guessing passwords and making accounts costs its address. */
export function limitAddress(counts: CallCounts): MiddlewareHandler<GlobalEnv> {
  return async function limitAddress(c, next) {
    const name = c.req.method === 'POST' ? ADDRESS_LIMITS.get(c.req.path) : undefined;
    if (name !== undefined) spend(c, counts, name, c.req.header('cf-connecting-ip') ?? 'unknown');
    await next();
  };
}

/** Exact paths: of a limit that is missed nobody but the guesser would hear. */
const ADDRESS_LIMITS = new Map<string, LimitName>([
  ['/api/v1/login', 'sign-in'],
  ['/api/v1/auth/sign-in/email', 'sign-in'],
  ['/api/v1/signup', 'sign-up'],
]);

/** Open routes have no caller; the runners among them are bounded by their groups. */
export function limitCaller(counts: CallCounts): MiddlewareHandler<GlobalEnv> {
  return async function limitCaller(c, next) {
    const { principal } = c.var as Partial<GlobalEnv['Variables']>;
    if (principal === undefined) return next();
    const left = spend(c, counts, 'api', principal.token?.id ?? principal.userId);
    await next();
    const max = CALLS_PER_MINUTE_MAX.api;
    c.header('RateLimit-Policy', `"api";q=${max};w=${WINDOW_MS / 1000}`);
    c.header('RateLimit', `"api";r=${left.remaining};t=${left.seconds}`);
  };
}

function spend(
  c: Context<GlobalEnv>,
  counts: CallCounts,
  name: LimitName,
  caller: string,
): { remaining: number; seconds: number } {
  const max = CALLS_PER_MINUTE_MAX[name];
  const { calls, endsAt } = counts.add(`${name}/${caller}`, c.var.now);
  const seconds = Math.ceil((endsAt - c.var.now) / 1000);
  if (calls <= max) return { remaining: max - calls, seconds };
  throw new AppError('rate_limited', `The limit "${name}" is ${max} calls a minute; go on in ${seconds} seconds.`, {
    headers: {
      'Retry-After': String(seconds),
      'RateLimit-Policy': `"${name}";q=${max};w=${WINDOW_MS / 1000}`,
      RateLimit: `"${name}";r=0;t=${seconds}`,
    },
  });
}
