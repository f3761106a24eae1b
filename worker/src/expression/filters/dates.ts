import { integerOf, strictText } from '../callable.ts';
import { DATE_PARAMETERS, DATE_STEPS, dateOptions, format, toDate } from '../dates/convert.ts';
import { argumentFault } from '../error.ts';
import { whole } from '../numbers.ts';
import type { Temporal } from 'temporal-polyfill';
import type { Filter } from '../callable.ts';
import type { Value } from '../value.ts';

/** Java's units of time, as parts of a duration. */
const UNITS: ReadonlyMap<string, (amount: number) => Temporal.DurationLike> = new Map<
  string,
  (amount: number) => Temporal.DurationLike
>([
  ['NANOS', (nanoseconds) => ({ nanoseconds })],
  ['MICROS', (microseconds) => ({ microseconds })],
  ['MILLIS', (milliseconds) => ({ milliseconds })],
  ['SECONDS', (seconds) => ({ seconds })],
  ['MINUTES', (minutes) => ({ minutes })],
  ['HOURS', (hours) => ({ hours })],
  ['HALF_DAYS', (halves) => ({ hours: 12 * halves })],
  ['DAYS', (days) => ({ days })],
  ['WEEKS', (weeks) => ({ weeks })],
  ['MONTHS', (months) => ({ months })],
  ['YEARS', (years) => ({ years })],
  ['DECADES', (decades) => ({ years: 10 * decades })],
  ['CENTURIES', (centuries) => ({ years: 100 * centuries })],
]);

function timestampFilter(name: string, about: string, read: (epochNanoseconds: bigint) => Value): Filter {
  return {
    name,
    parameters: ['timeZone', 'existingFormat'],
    steps: DATE_STEPS,
    about,
    apply(input, [timeZone, existingFormat], run) {
      const options = dateOptions([undefined, timeZone, existingFormat, undefined], run);
      return read(toDate(input, options).epochNanoseconds);
    },
  };
}

/** Whole units; before 1970 as well they are rounded down. */
function floorDivide(value: bigint, unit: bigint): bigint {
  const quotient = value / unit;
  return value % unit < 0n ? quotient - 1n : quotient;
}

export const dateFilters: readonly Filter[] = [
  {
    name: 'date',
    parameters: DATE_PARAMETERS,
    steps: DATE_STEPS,
    about: 'A date in another format or time zone.',
    apply(input, args, run) {
      const options = dateOptions(args, run);
      return format(toDate(input, options), options);
    },
  },
  {
    name: 'dateAdd',
    parameters: ['amount', 'unit', ...DATE_PARAMETERS],
    steps: DATE_STEPS,
    about: 'A date that is an amount of `SECONDS`, `DAYS`, `MONTHS` … later, or earlier when it is negative.',
    apply(input, [amount, unit, ...args], run) {
      const options = dateOptions(args, run);
      const name = strictText(unit, 'unit');
      const duration = UNITS.get(name);
      if (duration === undefined)
        throw argumentFault(`\`unit\` must be one of ${[...UNITS.keys()].join(', ')}, not \`${name}\``);
      return format(later(toDate(input, options), duration(integerOf(amount, 'amount'))), options);
    },
  },
  timestampFilter('timestamp', 'Seconds since 1970.', (nanos) => whole(floorDivide(nanos, 1_000_000_000n))),
  timestampFilter('timestampMilli', 'Milliseconds since 1970.', (nanos) => whole(floorDivide(nanos, 1_000_000n))),
  timestampFilter('timestampMicro', 'Microseconds since 1970, as a text.', (nanos) =>
    String(floorDivide(nanos, 1000n)),
  ),
  timestampFilter('timestampNano', 'Nanoseconds since 1970, as a text.', String),
];

function later(date: Temporal.ZonedDateTime, duration: Temporal.DurationLike): Temporal.ZonedDateTime {
  try {
    return date.add(duration);
  } catch {
    throw argumentFault('The result is out of the range of dates');
  }
}
