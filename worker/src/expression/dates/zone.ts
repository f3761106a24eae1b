import { Temporal } from 'temporal-polyfill';
import { argumentFault } from '../error.ts';

/** The id that Temporal knows for a zone as Java writes it: a region, `Z`, an offset, or an offset behind UTC or GMT. */
export function zoneId(text: string): string {
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text);
  const id =
    text === 'Z' || text === 'GMT' || text === 'UT'
      ? 'UTC'
      : offset === null
        ? text
        : `${offset[1]}${(offset[2] ?? '').padStart(2, '0')}:${offset[3] ?? '00'}`;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(id).timeZoneId;
  } catch {
    throw argumentFault(
      `\`${text}\` is not a time zone; use a region such as Europe/Paris or an offset such as +02:00`,
    );
  }
}
