/** Text to a date, by ISO 8601, by a Java pattern or by the name of a format. */
import { Temporal } from 'temporal-polyfill';
import { argumentFault } from '../error.ts';
import { PATTERNS, dayNames, monthNames, patternParts } from './formats.ts';
import { zoneId } from './zone.ts';
import type { NameStyle, PatternPart } from './formats.ts';

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  halfHour?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  nanosecond?: number;
  zone?: string;
}

const ISO =
  /^([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?(?:\[([^\]]+)\])?)?$/i;

/** A date and time as ISO 8601 writes it. Without offset it is local to `zone`, without time the start of the day. */
export function parseIso(text: string, zone: string): Temporal.ZonedDateTime {
  const match = ISO.exec(text.trim());
  if (match === null) throw argumentFault(`\`${text}\` is not an ISO date; name its pattern with \`existingFormat\``);
  const [, year, month, day, hour, minute, second, fraction, offset, region] = match;
  const fields: Fields = { year: Number(year), month: Number(month), day: Number(day) };
  fields.hour = Number(hour ?? 0);
  fields.minute = Number(minute ?? 0);
  fields.second = Number(second ?? 0);
  fields.nanosecond = Number((fraction ?? '').padEnd(9, '0'));
  const written = region ?? offset?.toUpperCase();
  if (written !== undefined) fields.zone = written;
  return toZoned(fields, zone, text);
}

const NAMED = ['iso_date_time', 'iso_zoned_date_time', 'iso_instant', 'iso_local_date_time', 'iso_date'];

export function parseDate(text: string, format: string, zone: string, locale: string): Temporal.ZonedDateTime {
  if (NAMED.includes(format)) return parseIso(text, zone);
  const parts = patternParts(PATTERNS.get(format) ?? format);
  const { source, fields } = readerOf(parts, locale);
  const match = new RegExp(`^${source}$`, 'iu').exec(text);
  if (match === null) throw argumentFault(`\`${text}\` does not match the date pattern \`${format}\``);
  const found: Fields = {};
  fields.forEach((read, index) => read(found, match[index + 1] ?? ''));
  return toZoned(found, zone, text);
}

type Read = (fields: Fields, text: string) => void;

/** An expression without repetition of repetitions, so that matching is linear, and what its groups say. */
function readerOf(parts: readonly PatternPart[], locale: string): { source: string; fields: Read[] } {
  let source = '';
  const fields: Read[] = [];
  parts.forEach((part, index) => {
    if ('literal' in part) {
      source += part.literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\\-', '-');
      return;
    }
    const next = parts[index + 1];
    const [group, read] = readerOfField(part.letter, part.count, next !== undefined && 'letter' in next, locale);
    source += `(${group})`;
    fields.push(read);
  });
  return { source, fields };
}

function readerOfField(letter: string, count: number, isAdjacent: boolean, locale: string): [string, Read] {
  const digits = isAdjacent || count > 1 ? `\\d{${count}}` : '\\d{1,19}';
  const number = (
    name: 'month' | 'day' | 'dayOfYear' | 'hour' | 'halfHour' | 'minute' | 'second' | 'nanosecond',
  ): [string, Read] => [digits, (fields, text) => (fields[name] = Number(text))];
  switch (letter) {
    case 'y':
    case 'u':
      if (count === 2) return ['\\d{2}', (fields, text) => (fields.year = 2000 + Number(text))];
      return [isAdjacent ? `\\d{${count}}` : '[+-]?\\d{1,6}', (fields, text) => (fields.year = Number(text))];
    case 'M':
    case 'L': {
      if (count < 3) return number('month');
      const names = namesBy((style) => monthNames(locale, style), count);
      return [alternatives(names), (fields, text) => (fields.month = indexOf(names, text) + 1)];
    }
    case 'd':
      return number('day');
    case 'D':
      return number('dayOfYear');
    case 'E':
    case 'e':
    case 'c': {
      const names = namesBy((style) => dayNames(locale, style), count);
      return [alternatives(names), () => {}];
    }
    case 'H':
      return number('hour');
    case 'k':
      return [digits, (fields, text) => (fields.hour = Number(text) % 24)];
    case 'h':
    case 'K':
      return number('halfHour');
    case 'a':
      return ['[AP]\\.?M\\.?', (fields, text) => (fields.afternoon = /^p/i.test(text))];
    case 'm':
      return number('minute');
    case 's':
      return number('second');
    case 'S':
      return [`\\d{${count}}`, (fields, text) => (fields.nanosecond = Number(text.slice(0, 9).padEnd(9, '0')))];
    case 'n':
      return number('nanosecond');
    case 'X':
    case 'x':
    case 'Z':
      return ['Z|[+-]\\d{2}(?::?\\d{2})?', (fields, text) => (fields.zone = text.toUpperCase())];
    case 'O':
      return ['GMT(?:[+-]\\d{1,2}(?::\\d{2})?)?', (fields, text) => (fields.zone = text.toUpperCase())];
    case 'V':
    case 'z':
      return ['[A-Za-z][A-Za-z0-9_+/-]*|[+-]\\d{2}:?\\d{2}', (fields, text) => (fields.zone = text)];
    case 'G':
      return ['AD|A', () => {}];
    default:
      throw argumentFault(`The pattern letter ${letter} cannot be read`);
  }
}

function namesBy(names: (style: NameStyle) => string[], count: number): string[] {
  return names(count === 4 ? 'long' : 'short');
}

function alternatives(names: readonly string[]): string {
  return names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
}

function indexOf(names: readonly string[], text: string): number {
  return names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
}

function toZoned(fields: Fields, zone: string, text: string): Temporal.ZonedDateTime {
  const {
    year = 1970,
    month = 1,
    day = 1,
    minute = 0,
    second = 0,
    nanosecond = 0,
    halfHour,
    afternoon = false,
  } = fields;
  const hour = fields.hour ?? (halfHour === undefined ? 0 : (halfHour % 12) + (afternoon ? 12 : 0));
  const timeZone = zoneId(fields.zone ?? zone);
  try {
    const fraction = {
      nanosecond: nanosecond % 1000,
      microsecond: Math.floor(nanosecond / 1e3) % 1000,
      millisecond: Math.floor(nanosecond / 1e6),
    };
    const local = Temporal.PlainDateTime.from(
      { year, month, day, hour, minute, second, ...fraction },
      { overflow: 'reject' },
    );
    const date =
      fields.dayOfYear === undefined ? local : local.with({ month: 1, day: 1 }).add({ days: fields.dayOfYear - 1 });
    return date.toZonedDateTime(timeZone);
  } catch {
    throw argumentFault(`\`${text}\` is not a date: a field is out of its range`);
  }
}
