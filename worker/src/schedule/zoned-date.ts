/** Dates with a time zone, as triggers read and write them. */
import { Temporal } from 'temporal-polyfill';
import { standardZone } from '../protocol/time-zone.ts';

export type ZonedDate = Temporal.ZonedDateTime;

/** The id of a zone as Temporal writes it, or undefined when nobody knows it. */
export function zoneOf(text: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(standardZone(text)).timeZoneId;
  } catch {
    return undefined;
  }
}

export function zonedDate(at: number, zone: string): ZonedDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** An ISO date, or date and time; without an offset it is local to `zone`, without a time it is the start of the day. */
export function readDate(text: string, zone: string): ZonedDate | undefined {
  const [, local = '', offset, region] =
    /^(\d{4}-\d\d-\d\d(?:[T ][\d:.,]+)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?(?:\[([^\]]+)\])?$/i.exec(text.trim()) ?? [];
  const written = region ?? offset?.toUpperCase() ?? zone;
  const timeZone = zoneOf(written);
  if (timeZone === undefined) return undefined;
  try {
    // A text with an offset and a region names one instant: the offset decides, the region says where.
    if (region !== undefined && offset !== undefined) {
      return Temporal.Instant.from(local + offset.toUpperCase()).toZonedDateTimeISO(timeZone);
    }
    return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone);
  } catch {
    return undefined;
  }
}

/** A time of day, with an offset when the text has one. */
export function readTime(text: string): { time: Temporal.PlainTime; offset?: string } | undefined {
  const [, local = '', offset] =
    /^(\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i.exec(text.trim()) ?? [];
  const zone = offset === undefined ? undefined : zoneOf(offset.toUpperCase());
  try {
    return { time: Temporal.PlainTime.from(local), ...(zone !== undefined && { offset: zone }) };
  } catch {
    return undefined;
  }
}

/** Midnight at the start of a date's day, `days` later. */
export function midnight(date: ZonedDate, days = 0): ZonedDate {
  return date.add({ days }).startOfDay();
}

/** How flows print a date: `2026-11-20T06:00:00Z`, `2026-11-20T07:00:00+01:00`; seconds are always there. */
export function dateText(at: number, zone: string): string {
  const date = zonedDate(at, zone);
  return date.toPlainDateTime().toString() + (date.offset === '+00:00' ? 'Z' : date.offset);
}
