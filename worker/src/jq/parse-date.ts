/** `strptime` of C, for the fields that jq's date functions are used with. */
export interface ParsedDate {
  /** Since 1970. */
  seconds: number;
  /** The part of the text that was used. */
  text: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ANY_MONTH =
  'january|february|march|april|may|june|july|august|september|october|november|december|' + MONTHS.join('|');
const ANY_DAY = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday|sun|mon|tue|wed|thu|fri|sat';

const PATTERNS: Readonly<Record<string, string>> = {
  Y: '(?<year>-?\\d{1,4})',
  y: '(?<shortYear>\\d{2})',
  m: '(?<month>1[0-2]|0?[1-9])',
  d: '(?<day>3[01]|[12]\\d|[ 0]?[1-9])',
  e: '(?<day>3[01]|[12]\\d|[ 0]?[1-9])',
  H: '(?<hour>2[0-3]|[01]?\\d)',
  I: '(?<halfHour>1[0-2]|0?[1-9])',
  M: '(?<minute>[0-5]?\\d)',
  S: '(?<second>6[01]|[0-5]?\\d)',
  j: '(?<yearDay>36[0-6]|3[0-5]\\d|[12]\\d\\d|0?\\d?\\d)',
  s: '(?<epoch>-?\\d+)',
  p: '(?<half>am|pm)',
  b: `(?<monthName>${ANY_MONTH})`,
  B: `(?<monthName>${ANY_MONTH})`,
  h: `(?<monthName>${ANY_MONTH})`,
  a: `(?:${ANY_DAY})`,
  A: `(?:${ANY_DAY})`,
  Z: '(?:[a-z]+)',
  // As in C, an offset is read and, the date being UTC's, left out of account.
  z: '(?:z|[+-]\\d{2}:?\\d{2})',
  n: '\\s+',
  t: '\\s+',
  '%': '%',
};
const SHORTHANDS: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** Undefined when the text does not begin as the format says, or the format has a field that is not known here. */
export function parseDate(text: string, format: string): ParsedDate | undefined {
  const pattern = patternOf(format.replace(/%([TRDFrcxX])/g, (_, letter: string) => SHORTHANDS[letter] ?? ''));
  const match = pattern?.exec(text);
  if (!match) return undefined;
  return { seconds: secondsOf(match.groups ?? {}), text: match[0] };
}

function patternOf(format: string): RegExp | undefined {
  const seen = new Set<string>();
  let source = '';
  for (const [part, letter] of format.matchAll(/%(.)|\s+|[^%]/gsu)) {
    if (letter === undefined) {
      source += /^\s/.test(part) ? '\\s*' : part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      continue;
    }
    const field = Object.hasOwn(PATTERNS, letter) ? PATTERNS[letter] : undefined;
    const name = field === undefined ? undefined : /^\(\?<(\w+)>/.exec(field)?.[1];
    if (field === undefined || (name !== undefined && seen.has(name))) return undefined;
    if (name !== undefined) seen.add(name);
    source += field;
  }
  return new RegExp(`^${source}`, 'i');
}

function secondsOf(groups: Partial<Record<string, string>>): number {
  if (groups.epoch !== undefined) return Number(groups.epoch);
  const number = (name: string) => (groups[name] === undefined ? undefined : Number(groups[name]));
  const monthNamed =
    groups.monthName === undefined ? undefined : MONTHS.indexOf(groups.monthName.slice(0, 3).toLowerCase());
  const yearDay = number('yearDay');
  const month = monthNamed ?? (number('month') ?? 1) - 1;
  const date = new Date(0);
  date.setUTCFullYear(
    number('year') ?? fullYear(number('shortYear')),
    yearDay === undefined ? month : 0,
    yearDay ?? number('day') ?? 1,
  );
  date.setUTCHours(
    number('hour') ?? fullHour(number('halfHour'), groups.half),
    number('minute') ?? 0,
    number('second') ?? 0,
  );
  return date.getTime() / 1000;
}

/** POSIX: 69 to 99 are of the last century. */
function fullYear(short: number | undefined): number {
  if (short === undefined) return 1900;
  return short + (short < 69 ? 2000 : 1900);
}

function fullHour(hour: number | undefined, half: string | undefined): number {
  return ((hour ?? 0) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
}
