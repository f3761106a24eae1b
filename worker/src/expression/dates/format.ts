/** A date to text, by a Java pattern or by the name of a format. */
import { argumentFault } from '../error.ts';
import { PATTERNS, dateTimeFormat, dayNames, monthNames, patternParts } from './formats.ts';
import type { Temporal } from 'temporal-polyfill';
import type { NameStyle } from './formats.ts';

type Zoned = Temporal.ZonedDateTime;

const DEFAULT_LOCALE = 'en-US';

const STYLES = ['full', 'long', 'medium', 'short'] as const;

/** Widths of a pattern's fields beyond this are a mistake or an attack. */
const FIELD_WIDTH_MAX = 20;

const HAND_MADE: ReadonlyMap<string, (date: Zoned) => string> = new Map([
  ['iso_date_time', (date: Zoned) => zonedText(date)],
  ['iso_zoned_date_time', (date: Zoned) => zonedText(date)],
  ['iso_date', (date: Zoned) => date.toPlainDate().toString() + offsetText(date, 3, 'Z')],
  ['iso_time', (date: Zoned) => isoTime(date) + offsetText(date, 3, 'Z')],
  ['iso_offset_time', (date: Zoned) => isoTime(date) + offsetText(date, 3, 'Z')],
  ['iso_local_time', (date: Zoned) => isoTime(date)],
  ['iso_local_date_time', (date: Zoned) => localText(date)],
  ['iso_instant', (date: Zoned) => localText(date.withTimeZone('UTC')) + 'Z'],
  ['rfc_1123_date_time', rfc1123],
  ['iso_week_date', (date: Zoned) => isoWeekDate(date) + offsetText(date, 3, 'Z')],
]);

export function formatDate(date: Zoned, format: string, locale = DEFAULT_LOCALE): string {
  const style = STYLES.find((one) => one === format);
  if (style !== undefined) return localized(date, style, checkedLocale(locale));
  const handMade = HAND_MADE.get(format);
  if (handMade !== undefined) return handMade(date);
  const language = checkedLocale(locale);
  let text = '';
  for (const part of patternParts(PATTERNS.get(format) ?? format)) {
    text += 'literal' in part ? part.literal : field(date, part.letter, part.count, language);
  }
  return text;
}

/** A locale as Java or BCP 47 writes it: `fr_FR`, `fr-FR`, `fr`. */
export function checkedLocale(locale = DEFAULT_LOCALE): string {
  const [canonical] = canonicalLocales(locale.replaceAll('_', '-'));
  if (canonical === undefined) throw argumentFault(`\`${locale}\` is not a locale; use a language such as fr or fr_FR`);
  return canonical;
}

function canonicalLocales(locale: string): string[] {
  try {
    return Intl.getCanonicalLocales(locale);
  } catch {
    return [];
  }
}

function localized(date: Zoned, style: (typeof STYLES)[number], locale: string): string {
  const timeZone = date.timeZoneId;
  return dateTimeFormat(locale, { dateStyle: style, timeStyle: style, timeZone }).format(date.epochMilliseconds);
}

function field(date: Zoned, letter: string, count: number, locale: string): string {
  if (count > FIELD_WIDTH_MAX) throw argumentFault(`Too many pattern letters: ${letter}`);
  switch (letter) {
    case 'y':
    case 'u':
      return year(date.year, count);
    case 'Y':
      return year(localeWeek(date).year, count);
    case 'G':
      return count === 4 ? 'Anno Domini' : count === 5 ? 'A' : 'AD';
    case 'M':
    case 'L':
      return count < 3 ? pad(date.month, count) : (monthNames(locale, nameStyle(count))[date.month - 1] ?? '');
    case 'Q':
    case 'q':
      return quarter(Math.ceil(date.month / 3), count);
    case 'd':
      return pad(date.day, count);
    case 'D':
      return pad(date.dayOfYear, count);
    case 'E':
      return dayNames(locale, nameStyle(count))[date.dayOfWeek - 1] ?? '';
    case 'e':
    case 'c':
      return count < 3
        ? pad((date.dayOfWeek % 7) + 1, count)
        : (dayNames(locale, nameStyle(count))[date.dayOfWeek - 1] ?? '');
    case 'w':
      return pad(localeWeek(date).week, count);
    case 'W':
      return pad(Math.ceil((date.day + (date.with({ day: 1 }).dayOfWeek % 7)) / 7), count);
    case 'F':
      return pad(Math.floor((date.day - 1) / 7) + 1, count);
    case 'a':
      return date.hour < 12 ? 'AM' : 'PM';
    case 'H':
      return pad(date.hour, count);
    case 'k':
      return pad(date.hour === 0 ? 24 : date.hour, count);
    case 'K':
      return pad(date.hour % 12, count);
    case 'h':
      return pad(date.hour % 12 === 0 ? 12 : date.hour % 12, count);
    case 'm':
      return pad(date.minute, count);
    case 's':
      return pad(date.second, count);
    case 'S':
      return pad(nanoOfSecond(date), 9).slice(0, count).padEnd(count, '0');
    case 'n':
      return pad(nanoOfSecond(date), count);
    case 'A':
      return pad(Math.floor(nanoOfDay(date) / 1e6), count);
    case 'N':
      return pad(nanoOfDay(date), count);
    case 'V':
      return date.timeZoneId === 'UTC' ? 'Z' : date.timeZoneId;
    case 'z':
      return zoneName(date, count, locale);
    case 'O':
      return date.offset === '+00:00'
        ? 'GMT'
        : `GMT${count === 4 ? date.offset : date.offset.replace(/^([+-])0?(\d+):00$/, '$1$2')}`;
    case 'X':
      return offsetText(date, count, 'Z');
    case 'x':
      return offsetText(date, count, '');
    case 'Z':
      return count < 4
        ? date.offset.replace(':', '')
        : count === 4
          ? `GMT${date.offset === '+00:00' ? '' : date.offset}`
          : offsetText(date, 3, 'Z');
    default:
      throw argumentFault(`Unknown pattern letter: ${letter}; put text between single quotes`);
  }
}

function nameStyle(count: number): NameStyle {
  return count === 5 ? 'narrow' : count === 4 ? 'long' : 'short';
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function year(value: number, count: number): string {
  return count === 2 ? pad(((value % 100) + 100) % 100, 2) : (value < 0 ? '-' : '') + pad(Math.abs(value), count);
}

const ORDINALS = ['1st', '2nd', '3rd', '4th'];

function quarter(value: number, count: number): string {
  return count < 3 ? pad(value, count) : count === 3 ? `Q${value}` : `${ORDINALS[value - 1]} quarter`;
}

function nanoOfSecond(date: Zoned): number {
  return date.millisecond * 1e6 + date.microsecond * 1e3 + date.nanosecond;
}

function nanoOfDay(date: Zoned): number {
  return ((date.hour * 60 + date.minute) * 60 + date.second) * 1e9 + nanoOfSecond(date);
}

/** Weeks from Sunday on, the first one holding January 1st, as in the default locale. */
function localeWeek(date: Zoned): { year: number; week: number } {
  const sunday = date.toPlainDate().subtract({ days: date.dayOfWeek % 7 });
  const saturday = sunday.add({ days: 6 });
  return { year: saturday.year, week: Math.ceil(saturday.dayOfYear / 7) };
}

function zoneName(date: Zoned, count: number, locale: string): string {
  if (date.timeZoneId === 'UTC') return count === 4 ? 'Coordinated Universal Time' : 'UTC';
  if (/^[+-]/.test(date.timeZoneId)) return date.timeZoneId;
  const timeZoneName = count === 4 ? 'long' : 'short';
  const parts = dateTimeFormat(locale, { timeZone: date.timeZoneId, timeZoneName }).formatToParts(
    date.epochMilliseconds,
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? date.timeZoneId;
}

/** `XXX` and its kin: hours; hours and minutes; with a colon. */
function offsetText(date: Zoned, count: number, zero: string): string {
  const { offset } = date;
  if (offset === '+00:00' && zero !== '') return zero;
  if (count === 1) return offset.endsWith(':00') ? offset.slice(0, 3) : offset.replace(':', '');
  return count === 2 || count === 4 ? offset.replaceAll(':', '') : offset;
}

function isoTime(date: Zoned): string {
  return localText(date).slice(localText(date).indexOf('T') + 1);
}

/** Fractions in groups of three digits, as Java has them. */
function localText(date: Zoned): string {
  const nanos = nanoOfSecond(date);
  const digits = nanos === 0 ? 0 : nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9;
  return date.toPlainDateTime().toString({ fractionalSecondDigits: digits });
}

function zonedText(date: Zoned): string {
  const zone = date.timeZoneId;
  return localText(date) + offsetText(date, 3, 'Z') + (/^[+-]/.test(zone) ? '' : `[${zone}]`);
}

/** English whatever the locale, and with the offset instead of a zone's name. */
function rfc1123(date: Zoned): string {
  const local = formatDate(date, 'EEE, d MMM yyyy HH:mm:ss');
  return `${local} ${date.offset === '+00:00' ? 'GMT' : date.offset.replace(':', '')}`;
}

function isoWeekDate(date: Zoned): string {
  const { yearOfWeek, weekOfYear } = date.toPlainDate();
  return `${yearOfWeek ?? date.year}-W${pad(weekOfYear ?? 0, 2)}-${date.dayOfWeek}`;
}
