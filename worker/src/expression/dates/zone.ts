import { Temporal } from 'temporal-polyfill';
import { standardZone } from '../../protocol/time-zone.ts';
import { argumentFault } from '../error.ts';

/** The id that Temporal knows for a zone as Java writes it: a region, `Z`, an offset, or an offset behind UTC or GMT. */
export function zoneId(text: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(standardZone(text)).timeZoneId;
  } catch {
    throw argumentFault(
      `\`${text}\` is not a time zone; use a region such as Europe/Paris or an offset such as +02:00`,
    );
  }
}
