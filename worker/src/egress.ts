/** The only way out for what a user's flow calls from the edge.
 *   E1. http and https, ports 80 and 443, public addresses; the operator's allow-list opens more, nothing else does.
 *   E2. Every hop of a redirect is checked again; credentials do not follow to another origin.
 *   E3. A call carries how many executions deep it is, so that two flows cannot call each other for ever. */
import ipaddr from 'ipaddr.js';
import { EGRESS_DEPTH_MAX, EGRESS_REDIRECTS_MAX, EGRESS_RESPONSE_BYTES_MAX, EGRESS_TIME_MS_MAX } from './limits.ts';

export interface EgressPolicy {
  /** `host`, `host:port` or `host:*`; a host without a port means every port. */
  readonly allow: readonly string[];
  /** Our own host names: a flow calls the API of its own server through the allow-list or not at all. */
  readonly ownHosts: readonly string[];
  /** How many calls lie before this one. */
  readonly depth: number;
}

/** Says how deep in a chain of executions a call is. */
export const DEPTH_HEADER = 'rondo-depth';

/** A call that the guard refuses, or that it cut off. */
export class EgressError extends Error {
  override name = 'EgressError';
}

/** Why the address may not be called; undefined when it may. */
export function refusalOf(url: URL, policy: EgressPolicy): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `only http and https addresses can be called, not ${url.protocol.slice(0, -1)}`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'the address carries a user name or password: send them as an Authorization header instead';
  }
  const host = hostOf(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (policy.allow.some((entry) => allows(entry, host, port))) return undefined;
  if (port !== '80' && port !== '443') return `port ${port} is not open: only 80 and 443 are`;
  if (policy.ownHosts.includes(host)) return `${host} is this server itself`;
  if (ipaddr.isValid(host)) {
    const range = rangeOf(host);
    return range === 'unicast' ? undefined : `${host} is not a public address (${range})`;
  }
  return isLocalName(host) ? `${host} is not a public name` : undefined;
}

/** A `fetch` that keeps to the policy. */
export function guardedFetch(policy: EgressPolicy, send: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    if (policy.depth >= EGRESS_DEPTH_MAX) {
      throw new EgressError(`${EGRESS_DEPTH_MAX} executions have called each other: the chain is cut here`);
    }
    const timeout = AbortSignal.timeout(EGRESS_TIME_MS_MAX);
    const first = new Request(input, init);
    const signal = AbortSignal.any([timeout, first.signal]);
    let request = new Request(first, { redirect: 'manual', signal });
    request.headers.set(DEPTH_HEADER, String(policy.depth + 1));
    for (let hop = 0; ; hop++) {
      const refusal = refusalOf(new URL(request.url), policy);
      if (refusal !== undefined) throw new EgressError(`${request.method} ${request.url} is refused: ${refusal}`);
      // A body can be sent once: a copy is kept for a redirect that repeats it.
      const again = request.body === null ? request : request.clone();
      const response = await sent(request, send);
      const location = isRedirect(response.status) ? response.headers.get('location') : null;
      if (first.redirect === 'manual' || location === null) return capped(response);
      await response.body?.cancel();
      if (first.redirect === 'error') throw new EgressError(`${request.url} answered with a redirect to ${location}`);
      if (hop >= EGRESS_REDIRECTS_MAX)
        throw new EgressError(`${first.url} redirects more than ${EGRESS_REDIRECTS_MAX} times`);
      request = redirected(again, response.status, location, signal);
    }
  };
}

async function sent(request: Request, send: typeof fetch): Promise<Response> {
  try {
    return await send(request);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EgressError(`${request.method} ${request.url} failed: ${why}`, { cause: error });
  }
}

function hostOf(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '');
}

function allows(entry: string, host: string, port: string): boolean {
  const [, name = '', wanted = '*'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+|\*))?$/.exec(entry.toLowerCase()) ?? [];
  return name.replace(/^\[|\]$/g, '') === host && (wanted === '*' || wanted === port);
}

/** Of IPv6 only 2000::/3 is given out: what is outside and has no name of its own (`::127.0.0.1`, old IPv4 in IPv6) is reserved. */
function rangeOf(host: string): string {
  const address = ipaddr.process(host);
  const range = address.range();
  const isGivenOut = address instanceof ipaddr.IPv4 || address.match(ipaddr.IPv6.parseCIDR('2000::/3'));
  return range === 'unicast' && !isGivenOut ? 'reserved' : range;
}

/** Names that resolve inside a machine or a network, and names without a dot. */
function isLocalName(host: string): boolean {
  return !host.includes('.') || /\.(localhost|local|internal|intranet|lan|home\.arpa)$/.test(host);
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function redirected(request: Request, status: number, location: string, signal: AbortSignal): Request {
  const from = new URL(request.url);
  const to = new URL(location, from);
  const becomesGet = status === 303 || (status < 303 && request.method === 'POST');
  const headers = new Headers(request.headers);
  if (to.origin !== from.origin) {
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
  }
  if (becomesGet) {
    for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
  }
  const method = becomesGet && request.method !== 'HEAD' ? 'GET' : request.method;
  return new Request(to, { method, headers, body: becomesGet ? null : request.body, redirect: 'manual', signal });
}

/** The same response, cut off with an error when its body is too long; what is counted is decompressed. */
function capped(response: Response): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const cap = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, controller) {
      bytes += part.byteLength;
      if (bytes > EGRESS_RESPONSE_BYTES_MAX) {
        controller.error(new EgressError(`the response is longer than ${EGRESS_RESPONSE_BYTES_MAX} bytes`));
      } else controller.enqueue(part);
    },
  });
  return new Response(response.body.pipeThrough(cap), response);
}
