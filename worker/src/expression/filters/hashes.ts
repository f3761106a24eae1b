import { strictText } from '../callable.ts';
import { hashes } from '../parts.ts';
import type { Filter } from '../callable.ts';

/** Hashing costs a step for so many characters. */
const CHARS_PER_STEP = 8;

function hashFilter(name: 'md5' | 'sha1' | 'sha256' | 'sha512', title: string): Filter {
  return {
    name,
    parameters: [],
    about: `The ${title} hash of the text, in hexadecimal.`,
    apply(input, _args, run) {
      const text = strictText(input, 'input');
      run.meter.spend(Math.ceil(text.length / CHARS_PER_STEP));
      return hashes.get()[name](text);
    },
  };
}

export const hashFilters: readonly Filter[] = [
  hashFilter('md5', 'MD5'),
  hashFilter('sha1', 'SHA-1'),
  hashFilter('sha256', 'SHA-256'),
  hashFilter('sha512', 'SHA-512'),
];
