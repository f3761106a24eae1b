import { isZonedDateTime } from '../value.ts';
import type { DateValue } from '../value.ts';

/** ISO text with offset, seconds always there: how a date stands in JSON. */
export function isoText(date: DateValue): string {
  if (!isZonedDateTime(date)) return date.toString();
  const local = date.toPlainDateTime().toString();
  return local + (date.offset === '+00:00' ? 'Z' : date.offset);
}

/** As Java prints a date: seconds left out when they are zero, the zone behind when it has a name. */
export function javaText(date: DateValue): string {
  if (!isZonedDateTime(date)) return date.toString();
  const seconds = date.second === 0 && date.millisecond === 0 && date.microsecond === 0 && date.nanosecond === 0;
  const local = seconds
    ? date.toPlainDateTime().toString({ smallestUnit: 'minute' })
    : date.toPlainDateTime().toString();
  const offset = date.offset === '+00:00' ? 'Z' : date.offset;
  const { timeZoneId } = date;
  return /^(UTC|[+-].*)$/.test(timeZoneId) ? local + offset : `${local}${offset}[${timeZoneId}]`;
}
