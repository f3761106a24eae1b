/** Whether the sender that a webhook expects has signed a call: HMAC-SHA256 over the bytes as they came, whoever signs.
 *   V1. Signatures are compared in constant time.
 *   V2. A call that carries its time is refused when that is more than five minutes from ours. */
import { WEBHOOK_REPLAY_MS_MAX } from '../limits.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { SignaturePreset } from '../triggers/webhook-signature.ts';
import { sameBytes } from './same-bytes.ts';

export interface SignedCall {
  headers: Headers;
  bytes: Uint8Array;
  /** The same, parsed. */
  body: Json;
  now: number;
}

/** What a call says about its signature. */
interface Claim {
  signatures: Uint8Array[];
  /** What is signed before the bytes of the body. */
  prefix: string;
  sentAt?: number;
  /** Names the delivery; absent where the sender signs no such name. */
  delivery?: string;
}

interface Scheme {
  header: string;
  key(secret: string): Uint8Array | undefined;
  /** Undefined when the headers are not what the sender writes. */
  read(call: SignedCall, header: string): Claim | undefined;
}

export interface Verified {
  /** As signed by the sender: safer than a header, which whoever replays a call may change. */
  delivery?: string;
}

export async function verifySignature(
  preset: SignaturePreset,
  secret: string,
  call: SignedCall,
): Promise<Result<Verified, string>> {
  const { header, key, read } = SCHEMES[preset];
  const keyBytes = key(secret);
  if (keyBytes === undefined || keyBytes.byteLength === 0)
    return fail('The secret of the signature is empty or not what this sender gives out.');
  const value = call.headers.get(header);
  if (value === null) return fail(`The header ${header} is missing: the call must be signed.`);
  const claim = read(call, value);
  if (claim === undefined) return fail(`The header ${header} is malformed.`);
  const expected = await sign(keyBytes, claim.prefix, call.bytes);
  // All are compared, whichever fits.
  const fitting = claim.signatures.filter((signature) => sameBytes(signature, expected));
  if (fitting.length === 0) return fail(`The signature in the header ${header} does not fit.`);
  if (claim.sentAt !== undefined && Math.abs(call.now - claim.sentAt) > WEBHOOK_REPLAY_MS_MAX)
    return fail('The call was signed more than five minutes ago, or the clock of its sender is wrong.');
  return ok(claim.delivery === undefined ? {} : { delivery: claim.delivery });
}

const SCHEMES: Readonly<Record<SignaturePreset, Scheme>> = {
  GITHUB: {
    header: 'X-Hub-Signature-256',
    key: textBytes,
    read: (_call, header) => claimOf('', header.startsWith('sha256=') ? [fromHex(header.slice(7))] : []),
  },
  STRIPE: {
    header: 'Stripe-Signature',
    key: textBytes,
    read({ body }, header) {
      const pairs = header.split(',').map((pair) => pair.trim().split('=', 2));
      const time = pairs.find(([name]) => name === 't')?.[1];
      const signatures = pairs.filter(([name]) => name === 'v1').map(([, value = '']) => fromHex(value));
      return timed(time, (sent) => claimOf(`${sent}.`, signatures, idIn(body, 'id') ?? header));
    },
  },
  SLACK: {
    header: 'X-Slack-Signature',
    key: textBytes,
    read({ headers, body }, header) {
      const signatures = header.startsWith('v0=') ? [fromHex(header.slice(3))] : [];
      return timed(headers.get('x-slack-request-timestamp'), (sent) =>
        claimOf(`v0:${sent}:`, signatures, idIn(body, 'event_id') ?? header),
      );
    },
  },
  STANDARD_WEBHOOKS: {
    header: 'Webhook-Signature',
    key: (secret) => fromBase64(secret.replace(/^whsec_/, '')),
    read({ headers }, header) {
      const id = headers.get('webhook-id');
      if (id === null || id === '') return undefined;
      const given = header.split(' ').filter((part) => part.startsWith('v1,'));
      const signatures = given.map((part) => fromBase64(part.slice(3)));
      return timed(headers.get('webhook-timestamp'), (sent) => claimOf(`${id}.${sent}.`, signatures, id));
    },
  },
};

function claimOf(prefix: string, given: (Uint8Array | undefined)[], delivery?: string): Claim | undefined {
  const signatures = given.filter((signature) => signature !== undefined);
  return signatures.length === 0 ? undefined : { prefix, signatures, ...(delivery !== undefined && { delivery }) };
}

/** `time` counts seconds; it is signed as it was written. */
function timed(time: string | null | undefined, read: (sent: string) => Claim | undefined): Claim | undefined {
  if (time === null || time === undefined || !/^\d{1,12}$/.test(time)) return undefined;
  const claim = read(time);
  return claim && { ...claim, sentAt: Number(time) * 1000 };
}

async function sign(key: Uint8Array, prefix: string, bytes: Uint8Array): Promise<Uint8Array> {
  const before = textBytes(prefix);
  const signed = new Uint8Array(before.byteLength + bytes.byteLength);
  signed.set(before);
  signed.set(bytes, before.byteLength);
  const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', hmac, signed));
}

function idIn(body: Json, name: string): string | undefined {
  const id = isJsonObject(body) ? body[name] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fromHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
