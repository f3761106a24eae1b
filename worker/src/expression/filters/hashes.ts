import { strictText } from '../callable.ts';
import { hashes } from '../parts.ts';
import type { Filter } from '../callable.ts';

function hashFilter(name: 'md5' | 'sha1' | 'sha256' | 'sha512', title: string): Filter {
  return {
    name,
    parameters: [],
    about: `The ${title} hash of the text, in hexadecimal.`,
    steps: 50,
    charsPerStep: 8,
    apply: (input) => hashes.get()[name](strictText(input, 'input')),
  };
}

export const hashFilters: readonly Filter[] = [
  hashFilter('md5', 'MD5'),
  hashFilter('sha1', 'SHA-1'),
  hashFilter('sha256', 'SHA-256'),
  hashFilter('sha512', 'SHA-512'),
];
