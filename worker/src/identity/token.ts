/** API tokens: `rnd_<kind>_`, 30 random base-62 characters (more than 160 bits) and a checksum of 6, by which a scanner of
 *  leaked secrets (and this server, before it asks a database) knows a real one from noise. */
import { base62 } from '../ids.ts';

/** `pat` of a person, `svc` of a service account, `enr` to enrol a runner. */
export type TokenKind = 'pat' | 'svc' | 'enr';

const RANDOM_CHARS = 30;
const CHECKSUM_CHARS = 6;
/** Characters that are kept in clear, so that a person recognises a token in a list. */
const PREFIX_CHARS = 12;

export function newToken(kind: TokenKind, random: (bytes: number) => Uint8Array): string {
  const body = `rnd_${kind}_${base62(random(RANDOM_CHARS), RANDOM_CHARS)}`;
  return body + checksum(body);
}

export function tokenKind(token: string): TokenKind | undefined {
  const [, kind] = /^rnd_(pat|svc|enr)_[0-9A-Za-z]{36}$/.exec(token) ?? [];
  const body = token.slice(0, -CHECKSUM_CHARS);
  return kind !== undefined && checksum(body) === token.slice(-CHECKSUM_CHARS) ? (kind as TokenKind) : undefined;
}

export function tokenPrefix(token: string): string {
  return token.slice(0, PREFIX_CHARS);
}

/** What is stored of a token. A fast hash will do: nobody guesses 160 random bits. */
export async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function checksum(text: string): string {
  let rest = crc32(text);
  const digits = new Uint8Array(CHECKSUM_CHARS);
  for (let n = CHECKSUM_CHARS - 1; n >= 0; n--, rest = Math.floor(rest / 62)) digits[n] = rest % 62;
  return base62(digits, CHECKSUM_CHARS);
}

/** CRC-32 (ISO 3309) of an ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let n = 0; n < text.length; n++) {
    crc ^= text.charCodeAt(n);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
