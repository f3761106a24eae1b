import { decodeBase64, encodeBase64 } from '../base64.ts';
import { textFilter } from '../callable.ts';
import { argumentFault } from '../error.ts';
import type { Filter } from '../callable.ts';

const CODING = { steps: 10, charsPerStep: 8 };

export const encodingFilters: readonly Filter[] = [
  textFilter(
    'base64encode',
    'The UTF-8 bytes of the text in base64.',
    (text, run) => {
      run.meter.grow(text.length * 2);
      return encodeBase64(new TextEncoder().encode(text));
    },
    CODING,
  ),
  textFilter(
    'base64decode',
    'The text whose UTF-8 bytes are given in base64.',
    (text) => new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(decodeBase64(text, 'input')),
    CODING,
  ),
  textFilter(
    'urlencode',
    'The text as it stands in a form: a space is `+`.',
    (text, run) => {
      run.meter.grow(text.length * 3);
      return formEncode(text);
    },
    CODING,
  ),
  textFilter(
    'urldecode',
    'The text that is encoded as in a form.',
    (text) => {
      try {
        return decodeURIComponent(text.replaceAll('+', ' '));
      } catch {
        throw argumentFault('The input is not URL-encoded: a `%` must be followed by two hexadecimal digits of UTF-8');
      }
    },
    CODING,
  ),
];

/** As Java's URLEncoder: all but letters, digits and `.-*_` is written in hexadecimal. */
function formEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
