import { decodeBase64, encodeBase64 } from '../base64.ts';
import { strictText } from '../callable.ts';
import { Fault, argumentFault } from '../error.ts';
import type { ExpressionFunction } from '../callable.ts';

/** Bytes of the initialisation vector, which stands before the cipher text. */
const IV_BYTES = 12;
const KEY_BYTES = [16, 24, 32];

export const cryptoFunctions: readonly ExpressionFunction[] = [
  {
    name: 'encrypt',
    parameters: ['key', 'plaintext'],
    about: 'The text encrypted with AES-GCM, in base64; the key is base64 too.',
    call([key, plaintext], run) {
      const secret = keyBytes(strictText(key, 'key'));
      const plain = Uint8Array.from(new TextEncoder().encode(strictText(plaintext, 'plaintext')));
      const iv = Uint8Array.from(run.ask(() => run.services.randomBytes(IV_BYTES)));
      return run.ask(() => encrypt(secret, iv, plain));
    },
  },
  {
    name: 'decrypt',
    parameters: ['key', 'encrypted'],
    about: 'The text that `encrypt` encrypted with the same key.',
    call([key, encrypted], run) {
      const secret = keyBytes(strictText(key, 'key'));
      const data = decodeBase64(strictText(encrypted, 'encrypted'), 'encrypted');
      return run.ask(() => decrypt(secret, data));
    },
  },
];

type Bytes = Uint8Array<ArrayBuffer>;

function keyBytes(text: string): Bytes {
  const key = decodeBase64(text, 'key');
  if (!KEY_BYTES.includes(key.length)) throw argumentFault('`key` must be 16, 24 or 32 bytes in base64');
  return key;
}

async function encrypt(secret: Bytes, iv: Bytes, plain: Bytes): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain));
  const whole = new Uint8Array(iv.length + sealed.length);
  whole.set(iv);
  whole.set(sealed, iv.length);
  return encodeBase64(whole);
}

async function decrypt(secret: Bytes, data: Bytes): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt']);
  try {
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: data.subarray(0, IV_BYTES) },
      key,
      data.subarray(IV_BYTES),
    );
    return new TextDecoder().decode(plain);
  } catch {
    throw new Fault('expression_argument', '`encrypted` was not encrypted with this key, or was changed');
  }
}
