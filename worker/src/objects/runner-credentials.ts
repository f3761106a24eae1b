/** Tokens and signatures of runners. A token is random text; only its hash is kept. */
import { base62 } from '../ids.ts';
import type { RunnerTokenKind } from '../protocol/runner.ts';

/** 43 base-62 characters hold 256 bits. */
const TOKEN_CHARS = 43;

export function newToken(kind: RunnerTokenKind, group: string): string {
  return `rnd_${kind}_${group}_${randomText(TOKEN_CHARS)}`;
}

export function randomText(length: number): string {
  return base62(crypto.getRandomValues(new Uint8Array(length)), length);
}

/** A random token needs no salt and no slow hash: it cannot be guessed from a dictionary. */
export async function hashOf(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}

/** False also for a key or signature that is malformed. */
export async function isSignedBy(publicKey: string, text: string, signature: string): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64Url(publicKey), { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify(
      { name: 'Ed25519' },
      key,
      fromBase64Url(signature),
      new TextEncoder().encode(text),
    );
  } catch {
    return false;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
