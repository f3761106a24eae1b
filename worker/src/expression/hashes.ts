import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Hashes of a text, in hexadecimal. */
export const HASHES = {
  md5: hexOf(md5),
  sha1: hexOf(sha1),
  sha256: hexOf(sha256),
  sha512: hexOf(sha512),
};

function hexOf(hash: (bytes: Uint8Array) => Uint8Array): (text: string) => string {
  return (text) => bytesToHex(hash(utf8ToBytes(text)));
}
