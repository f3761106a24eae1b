/** Seals a tenant's values: AES-256-GCM under a key of the tenant, derived from the master secret.
 *   V1. A seal is bound to its place (tenant, namespace, name, version): moved to another row it does not open.
 *   V2. It names the version of its master secret, so that a new one can be introduced while old seals still open. */
import type { Config } from './env.ts';
import { AppError } from './errors.ts';

export interface SealPlace {
  tenant: number;
  namespace: string;
  key: string;
  version: number;
}

const NONCE_BYTES = 12;
const keys = new Map<string, Promise<CryptoKey>>();

export async function seal(secrets: Config['secrets'], place: SealPlace, value: string): Promise<string> {
  const [newest] = secrets;
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: boundTo(place) },
    await tenantKey(newest.secret, place.tenant),
    new TextEncoder().encode(value),
  );
  return `${newest.version}.${toBase64(nonce)}.${toBase64(new Uint8Array(sealed))}`;
}

export async function unseal(secrets: Config['secrets'], place: SealPlace, text: string): Promise<string> {
  const [version = '', nonce = '', sealed = ''] = text.split('.');
  const master = masterSecret(secrets, place, version);
  const key = await tenantKey(master.secret, place.tenant);
  const algorithm = { name: 'AES-GCM', iv: fromBase64(nonce), additionalData: boundTo(place) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, fromBase64(sealed)));
}

/** As `seal`, for what is too large to be text: the version in ASCII, a dot, the nonce, the ciphertext. */
export async function sealBytes(
  secrets: Config['secrets'],
  place: SealPlace,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Blob> {
  const [newest] = secrets;
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: boundTo(place) };
  const sealed = await crypto.subtle.encrypt(algorithm, await tenantKey(newest.secret, place.tenant), bytes);
  return new Blob([`${newest.version}.`, nonce, sealed]);
}

export async function unsealBytes(
  secrets: Config['secrets'],
  place: SealPlace,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const dot = sealed.indexOf('.'.charCodeAt(0));
  const master = masterSecret(secrets, place, new TextDecoder().decode(sealed.subarray(0, dot)));
  const nonce = sealed.subarray(dot + 1, dot + 1 + NONCE_BYTES);
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: boundTo(place) };
  const key = await tenantKey(master.secret, place.tenant);
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.subarray(dot + 1 + NONCE_BYTES)));
}

function masterSecret(secrets: Config['secrets'], place: SealPlace, version: string): Config['secrets'][0] {
  const master = secrets.find((candidate) => String(candidate.version) === version);
  if (master === undefined) {
    throw new AppError(
      'internal_error',
      `The secret ${place.key} was sealed with a master secret (version ${version}) that this server no longer has.`,
    );
  }
  return master;
}

/** How seals begin that were made with the newest master secret. */
export function prefixOf([newest]: Config['secrets']): string {
  return `${newest.version}.`;
}

/** A keyed digest of a value in its place: equal for equal values there, and of no use to anybody without the key. */
export async function digestOf(
  secrets: Config['secrets'],
  { tenant, namespace, key }: Omit<SealPlace, 'version'>,
  value: string,
): Promise<string> {
  const [newest] = secrets;
  const encoder = new TextEncoder();
  const info = encoder.encode(`rondo/tenant/${tenant}/digests`);
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const mac = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info },
    await baseKey(newest.secret),
    algorithm,
    false,
    ['sign'],
  );
  const bytes = await crypto.subtle.sign('HMAC', mac, encoder.encode(JSON.stringify([namespace, key, value])));
  return Array.from(new Uint8Array(bytes, 0, DIGEST_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const DIGEST_BYTES = 16;

function boundTo({ tenant, namespace, key, version }: SealPlace): Uint8Array {
  return new TextEncoder().encode([tenant, namespace, key, version].join('|'));
}

function tenantKey(master: string, tenant: number): Promise<CryptoKey> {
  const name = `${tenant}/${master}`;
  let key = keys.get(name);
  if (key === undefined) {
    key = derive(master, tenant);
    keys.set(name, key);
  }
  return key;
}

async function derive(master: string, tenant: number): Promise<CryptoKey> {
  const info = new TextEncoder().encode(`rondo/tenant/${tenant}/secrets`);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info },
    await baseKey(master),
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function baseKey(master: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(master), 'HKDF', false, ['deriveKey']);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
