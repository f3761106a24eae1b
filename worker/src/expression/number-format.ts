/** Numbers by the patterns of Java's DecimalFormat: `#`, `0`, `,`, `.`, `%`, `‰`, quoted text, `;` for negatives. Ties round to even. */
import { Decimal } from '../protocol/json.ts';
import { argumentFault } from './error.ts';
import type { NumberValue } from './numbers.ts';

const DEFAULT_PATTERN = '#,##0.###';
/** More digits than this say nothing, and cost. */
const DIGITS_MAX = 100;

interface Pattern {
  readonly prefix: string;
  readonly suffix: string;
  readonly integerMin: number;
  readonly fractionMin: number;
  readonly fractionMax: number;
  /** Digits between separators; 0 for none. */
  readonly group: number;
  /** Power of ten that the value is multiplied by: percent, per mille. */
  readonly shift: number;
}

export function formatNumber(value: NumberValue, format = DEFAULT_PATTERN): string {
  const [positive = '', negative] = format.split(';');
  const pattern = parsePattern(positive);
  const { sign, digits, exponent } = decimalOf(value);
  const [integer, fraction] = rounded(digits, exponent + pattern.shift, pattern);
  const body = grouped(integer, pattern.group) + (fraction === '' ? '' : `.${fraction}`);
  const isZero = /^[0,.]*$/.test(body);
  if (sign === '' || isZero) return pattern.prefix + body + pattern.suffix;
  if (negative === undefined) return `-${pattern.prefix}${body}${pattern.suffix}`;
  const { prefix, suffix } = parsePattern(negative);
  return prefix + body + suffix;
}

function parsePattern(text: string): Pattern {
  const match = /^((?:'[^']*'|[^#0,.'])*)([#,]*[0,]*)(?:\.(0*)(#*))?((?:'[^']*'|[^#0,.'])*)$/.exec(text);
  if (match === null) throw argumentFault(`\`${text}\` is not a number format; use for example #.## or #,##0.00`);
  const [, before = '', integer = '', zeros = '', hashes = '', after = ''] = match;
  const [prefix, suffix] = [unquoted(before), unquoted(after)];
  const affixes = prefix + suffix;
  const lastComma = integer.lastIndexOf(',');
  const pattern = {
    prefix,
    suffix,
    integerMin: integer.replaceAll(/[#,]/g, '').length,
    fractionMin: zeros.length,
    fractionMax: zeros.length + hashes.length,
    group: lastComma < 0 ? 0 : integer.length - lastComma - 1,
    shift: affixes.includes('%') ? 2 : affixes.includes('‰') ? 3 : 0,
  };
  if (pattern.integerMin > DIGITS_MAX || pattern.fractionMax > DIGITS_MAX)
    throw argumentFault(`A number format may have at most ${DIGITS_MAX} digits`);
  return pattern;
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'").replaceAll(/'([^']+)'/g, '$1');
}

/** A number as digits and a power of ten. */
function decimalOf(value: NumberValue): { sign: string; digits: string; exponent: number } {
  const text = value instanceof Decimal ? value.digits : String(value);
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign = '', integer = '', fraction = '', power = '0'] = match ?? [];
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > 1000) throw argumentFault('The number is too large or too small to format');
  return { sign: sign === '-' ? '-' : '', digits: integer + fraction, exponent };
}

/** The digits before and after the point. */
function rounded(
  digits: string,
  exponent: number,
  { integerMin, fractionMin, fractionMax }: Pattern,
): [string, string] {
  let scaled = BigInt(digits === '' ? '0' : digits);
  const drop = -exponent - fractionMax;
  if (drop > 0) {
    const unit = 10n ** BigInt(drop);
    const rest = (scaled % unit) * 2n;
    scaled /= unit;
    if (rest > unit || (rest === unit && scaled % 2n === 1n)) scaled += 1n;
  } else {
    scaled *= 10n ** BigInt(-drop);
  }
  const text = scaled.toString().padStart(fractionMax + 1, '0');
  const point = text.length - fractionMax;
  const integer = text.slice(0, point).replace(/^0+/, '').padStart(integerMin, '0');
  const fraction = text.slice(point).replace(/0+$/, '').padEnd(fractionMin, '0');
  return [integer === '' && fraction === '' ? '0' : integer, fraction];
}

function grouped(integer: string, group: number): string {
  if (group === 0) return integer;
  const first = integer.length % group;
  const parts = first === 0 ? [] : [integer.slice(0, first)];
  for (let at = first; at < integer.length; at += group) parts.push(integer.slice(at, at + group));
  return parts.join(',');
}
