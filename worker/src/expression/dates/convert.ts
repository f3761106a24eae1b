import { optionalText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { isNumber, isWhole } from '../numbers.ts';
import { calendar } from '../parts.ts';
import { describe, isInstant, isPlainDate, isPlainDateTime, isZonedDateTime } from '../value.ts';
import type { ArgumentValues } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';
import type { Temporal } from 'temporal-polyfill';

/** What a date costs: parsing, its zone and formatting. */
export const DATE_STEPS = 200;
/** What the names of a language cost beside. */
const LOCALE_STEPS = 500;

/** Parameters that every filter and function of dates has. */
export const DATE_PARAMETERS = ['format', 'timeZone', 'existingFormat', 'locale'] as const;

export interface DateOptions {
  readonly format: string;
  readonly zone: string;
  readonly existingFormat: string | undefined;
  readonly locale: string;
}

/** Reads the arguments in the order of DATE_PARAMETERS. */
export function dateOptions([format, timeZone, existingFormat, locale]: ArgumentValues, run: Run): DateOptions {
  if (locale !== undefined && locale !== null) run.meter.spend(LOCALE_STEPS);
  const { checkedLocale, zoneId } = calendar.get();
  return {
    format: optionalText(format, 'format', run) ?? 'iso',
    zone: zoneId(optionalText(timeZone, 'timeZone', run) ?? run.services.timeZone),
    existingFormat: optionalText(existingFormat, 'existingFormat', run),
    locale: checkedLocale(optionalText(locale, 'locale', run)),
  };
}

/** What counts as a date: date objects, ISO texts, epoch seconds, and with a pattern any text. */
export function toDate(
  value: Value,
  { zone, existingFormat, locale }: Omit<DateOptions, 'format'>,
): Temporal.ZonedDateTime {
  if (isZonedDateTime(value)) return value;
  if (isInstant(value)) return value.toZonedDateTimeISO(zone);
  if (isPlainDateTime(value)) return value.toZonedDateTime(zone);
  // A date object is noon of its day, while the text of a date is its start: so it is in Kestra.
  if (isPlainDate(value)) return value.toZonedDateTime({ timeZone: zone, plainTime: '12:00' });
  if (typeof value === 'string') {
    const { parseDate, parseIso } = calendar.get();
    return existingFormat === undefined ? parseIso(value, zone) : parseDate(value, existingFormat, zone, locale);
  }
  if (isNumber(value) && isWhole(value)) return fromSeconds(Number(value), zone);
  throw argumentFault(`A date must be an ISO text, epoch seconds or a date object, not ${describe(value)}`);
}

function fromSeconds(seconds: number, zone: string): Temporal.ZonedDateTime {
  const { Instant } = calendar.get().Temporal;
  try {
    return Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone);
  } catch {
    throw argumentFault(`${seconds} seconds since 1970 are out of the range of dates`);
  }
}

export function format(date: Temporal.ZonedDateTime, { format: pattern, zone, locale }: DateOptions): string {
  return calendar.get().formatDate(date.withTimeZone(zone), pattern, locale);
}
