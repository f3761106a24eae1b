import { integerOf, strictText, textFilter } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { slugify } from '../slugify.ts';
import type { Filter } from '../callable.ts';

/** Each word is looked at by itself. */
const SLOW = { steps: 5, charsPerStep: 2 };

export const caseFilters: readonly Filter[] = [
  textFilter('lower', 'The text in lower case.', (text) => text.toLowerCase()),
  textFilter('upper', 'The text in upper case.', (text) => text.toUpperCase()),
  textFilter('capitalize', 'The first letter in upper case.', (text) =>
    text.replace(/\S/u, (letter) => letter.toUpperCase()),
  ),
  textFilter(
    'title',
    'The first letter of each word in upper case.',
    (text) => text.replaceAll(/(^|\s)(\S)/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
    SLOW,
  ),
  textFilter('trim', 'The text without white space at its ends.', (text) => text.trim()),
  textFilter('slugify', 'The text as it may stand in an address: `Hello World!` becomes `hello-world`.', slugify, SLOW),
  {
    name: 'abbreviate',
    parameters: ['length'],
    about: 'Cuts the text to a length, with `...` at its end.',
    apply(input, [length]) {
      const text = strictText(input, 'input');
      const width = integerOf(length, 'length');
      if (width < 0) throw argumentFault('`length` must not be negative');
      if (text.length < width || text.length <= ELLIPSIS.length) return text;
      return width <= ELLIPSIS.length ? text.slice(0, width) : text.slice(0, width - ELLIPSIS.length) + ELLIPSIS;
    },
  },
];

const ELLIPSIS = '...';
