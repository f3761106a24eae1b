/** Formats that have a name. `ofX` ones are patterns; the others are made by hand in format.ts. */
export const PATTERNS: ReadonlyMap<string, string> = new Map([
  ['iso', "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"],
  ['iso_sec', "yyyy-MM-dd'T'HH:mm:ssXXX"],
  ['sql', 'yyyy-MM-dd HH:mm:ss.SSSSSS'],
  ['sql_seq', 'yyyy-MM-dd HH:mm:ss'],
  ['rfc_1123_date_time', 'EEE, d MMM yyyy HH:mm:ss z'],
  ['iso_ordinal_date', 'yyyy-DDDXXX'],
  ['iso_local_date', 'yyyy-MM-dd'],
]);

export type PatternPart = { readonly literal: string } | { readonly letter: string; readonly count: number };

/** A Java pattern in parts: runs of letters, and the text between them. Optional sections count as there. */
export function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  for (const [part, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^]/g)) {
    const letter = letters?.[0];
    if (letter !== undefined && letters !== undefined) parts.push({ letter, count: letters.length });
    else if (quoted !== undefined) parts.push({ literal: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else if (part !== '[' && part !== ']') parts.push({ literal: part });
  }
  return parts;
}

/** Names of months, days and halves of a day in a language; short, long or one letter. */
export type NameStyle = 'short' | 'long' | 'narrow';

const FORMATTERS_KEPT_MAX = 200;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** To make one takes many times as long as to use it. */
export function dateTimeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat(locale, options);
  if (formatters.size >= FORMATTERS_KEPT_MAX) formatters.clear();
  formatters.set(key, fresh);
  return fresh;
}

export function monthNames(locale: string, style: NameStyle): string[] {
  const format = dateTimeFormat(locale, { month: style, timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2024, month, 15)));
}

/** From Monday on. */
export function dayNames(locale: string, style: NameStyle): string[] {
  const format = dateTimeFormat(locale, { weekday: style, timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, 1 + day)));
}
