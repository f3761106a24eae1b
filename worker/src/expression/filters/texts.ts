import { booleanOf, integerOf, mapOf, optionalText, strictText, textOf } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { isNumber, isWhole } from '../numbers.ts';
import { replaceByRegex, splitByRegex } from '../regex.ts';
import { replaceAll } from '../replace.ts';
import { isEmpty } from '../tests.ts';
import { toText } from '../text.ts';
import { isList, isMap, isDate } from '../value.ts';
import type { Decimal } from '../../protocol/json.ts';
import type { Filter } from '../callable.ts';
import type { Value } from '../value.ts';

export const textFilters: readonly Filter[] = [
  {
    name: 'default',
    parameters: ['default|value'],
    about: 'Another value where the input is not defined, null, blank or empty.',
    acceptsNull: true,
    apply: (input, [preset]) => (isEmpty(input) ? (preset ?? null) : input),
  },
  {
    name: 'string',
    parameters: [],
    about: 'The value as text.',
    apply: (input, _args, run) => toText(input, run),
  },
  {
    name: 'className',
    parameters: [],
    about: 'The Java class that Kestra would hold the value in; for debugging.',
    apply: className,
  },
  {
    name: 'startsWith',
    parameters: ['value'],
    about: 'Whether the text begins with another one.',
    acceptsNull: true,
    apply: (input, [value]) => strictText(input, 'input').startsWith(strictText(value, 'value')),
  },
  {
    name: 'endsWith',
    parameters: ['value'],
    about: 'Whether the text ends with another one.',
    acceptsNull: true,
    apply: (input, [value]) => strictText(input, 'input').endsWith(strictText(value, 'value')),
  },
  {
    name: 'escapeChar',
    parameters: ['type'],
    about: 'Escapes quotes: `single`, `double` or `shell` (for text between single quotes). Works into lists and maps.',
    apply(input, [type], run) {
      const escape = ESCAPES.get(strictText(type, 'type').toLowerCase());
      if (escape === undefined) throw argumentFault("`type` must be 'single', 'double' or 'shell'");
      const [quote, escaped] = escape;
      return run.mapTexts(input, (leaf) => replaceAll(toText(leaf, run), quote, escaped, run));
    },
  },
  indentFilter('indent', 'Indents every line but the first.', (text) => text),
  indentFilter('nindent', 'Begins a new line and indents all of them.', (text, lineBreak) => lineBreak + text),
  {
    name: 'replace',
    parameters: ['replace_pairs|pairs', 'regexp'],
    about:
      'Replaces each key of a map by its value, one after the other; with `regexp=true` the keys are regular expressions.',
    apply(input, [pairs, regexp], run) {
      const changes = run.entries(mapOf(pairs, 'replace_pairs')).map(([from, to]) => [from, toText(to, run)] as const);
      const replace = booleanOf(regexp, 'regexp', false) ? replaceByRegex : replaceAll;
      return run.mapTexts(input, (leaf) =>
        changes.reduce((text, [from, to]) => replace(text, from, to, run), toText(leaf, run)),
      );
    },
  },
  {
    name: 'split',
    parameters: ['delimiter|regex', 'limit'],
    about: 'The parts of a text between the matches of a regular expression.',
    apply(input, [delimiter, limit], run) {
      const most = limit === undefined || limit === null ? 0 : integerOf(limit, 'limit');
      return splitByRegex(strictText(input, 'input'), strictText(delimiter, 'delimiter'), most, run);
    },
  },
  substringFilter(
    'substringBefore',
    'The text before the first separator; all of it when there is none.',
    (text, separator) => {
      const at = text.indexOf(separator);
      return at < 0 ? text : text.slice(0, at);
    },
  ),
  substringFilter(
    'substringBeforeLast',
    'The text before the last separator; all of it when there is none.',
    (text, separator) => {
      const at = text.lastIndexOf(separator);
      return at < 0 ? text : text.slice(0, at);
    },
  ),
  substringFilter(
    'substringAfter',
    'The text after the first separator; nothing when there is none.',
    (text, separator) => {
      const at = text.indexOf(separator);
      return at < 0 ? '' : text.slice(at + separator.length);
    },
  ),
  substringFilter(
    'substringAfterLast',
    'The text after the last separator; nothing when there is none.',
    (text, separator) => {
      const at = text.lastIndexOf(separator);
      return at < 0 ? '' : text.slice(at + separator.length);
    },
  ),
];

const ESCAPES: ReadonlyMap<string, readonly [quote: string, escaped: string]> = new Map([
  ['single', ["'", "\\'"]],
  ['double', ['"', '\\"']],
  ['shell', ["'", "'\\''"]],
]);

function substringFilter(name: string, about: string, cut: (text: string, separator: string) => string): Filter {
  return {
    name,
    parameters: ['separator'],
    about,
    apply: (input, [separator], run) => cut(textOf(input, 'input', run), strictText(separator, 'separator')),
  };
}

function indentFilter(name: string, about: string, start: (text: string, lineBreak: string) => string): Filter {
  return {
    name,
    parameters: ['amount', 'prefix'],
    about,
    apply(input, [amount, prefix], run) {
      const text = toText(input, run);
      if (text === '') return '';
      const times = integerOf(amount, 'amount');
      if (times < 0) throw argumentFault('`amount` must not be negative');
      const unit = optionalText(prefix, 'prefix', run) ?? ' ';
      run.meter.grow(unit.length * times);
      const lineBreak = ['\r\n', '\n\r', '\n', '\r'].find((one) => text.includes(one)) ?? '\n';
      return replaceAll(start(text, lineBreak), lineBreak, lineBreak + unit.repeat(times), run);
    },
  };
}

function className(value: Value): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (isNumber(value)) return numberClass(value);
  if (isList(value)) return 'java.util.ArrayList';
  if (isDate(value)) return `java.time.${value.constructor.name}`;
  return isMap(value) ? 'java.util.LinkedHashMap' : 'java.lang.Object';
}

function numberClass(value: number | bigint | Decimal): string {
  if (!isWhole(value)) return 'java.lang.Double';
  const bits = [32, 64].find((size) => BigInt.asIntN(size, BigInt(value)) === BigInt(value));
  return bits === 32 ? 'java.lang.Integer' : bits === 64 ? 'java.lang.Long' : 'java.math.BigInteger';
}
