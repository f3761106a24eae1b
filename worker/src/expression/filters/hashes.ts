import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { strictText } from '../callable.ts';
import type { Filter } from '../callable.ts';

/** Hashing costs a step for so many characters. */
const CHARS_PER_STEP = 64;

function hashFilter(name: string, title: string, hash: (bytes: Uint8Array) => Uint8Array): Filter {
  return {
    name,
    parameters: [],
    about: `The ${title} hash of the text, in hexadecimal.`,
    apply(input, _args, run) {
      const text = strictText(input, 'input');
      run.meter.spend(Math.ceil(text.length / CHARS_PER_STEP));
      return bytesToHex(hash(utf8ToBytes(text)));
    },
  };
}

export const hashFilters: readonly Filter[] = [
  hashFilter('md5', 'MD5', md5),
  hashFilter('sha1', 'SHA-1', sha1),
  hashFilter('sha256', 'SHA-256', sha256),
  hashFilter('sha512', 'SHA-512', sha512),
];
