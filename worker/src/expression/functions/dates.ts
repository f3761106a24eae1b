import { optionalText, strictText } from '../callable.ts';
import { DATE_PARAMETERS, DATE_STEPS, dateOptions, format, toDate } from '../dates/convert.ts';
import { argumentFault } from '../error.ts';
import { calendar } from '../parts.ts';
import { service } from '../service.ts';
import type { ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';
import type { Temporal } from 'temporal-polyfill';

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const POSITIONS = ['FIRST', 'SECOND', 'THIRD', 'FOURTH'];
const SATURDAY = 6;
const WORKING_DAYS = [1, 2, 3, 4, 5];

/** A date by its own clock: no zone is changed, so `2025-01-06T00:30+02:00` is the 6th. */
function localDate(value: Value | undefined, run: Run): Temporal.ZonedDateTime {
  if (value === undefined || value === null) throw argumentFault('Missing an argument: `date` is required');
  return toDate(value, dateOptions([], run));
}

function dateFunction(name: string, about: string, read: (date: Temporal.ZonedDateTime) => Value): ExpressionFunction {
  return { name, parameters: ['date'], about, steps: DATE_STEPS, call: ([date], run) => read(localDate(date, run)) };
}

export const dateFunctions: readonly ExpressionFunction[] = [
  {
    name: 'now',
    parameters: DATE_PARAMETERS,
    steps: DATE_STEPS,
    about: 'The present time, formatted.',
    call(args, run) {
      const options = dateOptions(args, run);
      const millis = run.ask(() => run.services.now());
      const present = calendar.get().Temporal.Instant.fromEpochMilliseconds(Math.floor(millis));
      return format(present.toZonedDateTimeISO(options.zone), options);
    },
  },
  dateFunction(
    'dayOfWeek',
    'The day of the week of a date: MONDAY to SUNDAY.',
    (date) => DAYS[date.dayOfWeek - 1] ?? null,
  ),
  dateFunction('dayOfMonth', 'The day of the month of a date: 1 to 31.', (date) => date.day),
  dateFunction('monthOfYear', 'The month of a date: 1 to 12.', (date) => date.month),
  dateFunction('hourOfDay', 'The hour of a date: 0 to 23.', (date) => date.hour),
  dateFunction('isWeekend', 'Whether a date is a Saturday or a Sunday.', (date) => date.dayOfWeek >= SATURDAY),
  {
    name: 'isDayWeekInMonth',
    parameters: ['date', 'dayOfWeek', 'position'],
    steps: DATE_STEPS,
    about: 'Whether a date is the FIRST, SECOND, THIRD, FOURTH or LAST of a day of the week in its month.',
    call([value, dayOfWeek, position], run) {
      const date = localDate(value, run);
      const day = dayNumber(strictText(dayOfWeek, 'dayOfWeek'), 'dayOfWeek');
      const place = strictText(position, 'position').toUpperCase();
      if (date.dayOfWeek !== day) return false;
      if (place === 'LAST') return date.day + 7 > date.daysInMonth;
      if (!POSITIONS.includes(place)) throw argumentFault('`position` must be FIRST, SECOND, THIRD, FOURTH or LAST');
      return Math.floor((date.day - 1) / 7) === POSITIONS.indexOf(place);
    },
  },
  {
    name: 'isLastWorkingDay',
    parameters: ['date', 'workingDays'],
    steps: DATE_STEPS,
    about: 'Whether a date is the last working day of its month; days as `MONDAY,TUESDAY,…`.',
    call([value, days], run) {
      const date = localDate(value, run);
      const names = (optionalText(days, 'workingDays', run) ?? '').split(/[,\s]+/).filter((name) => name !== '');
      const working = names.length === 0 ? WORKING_DAYS : names.map((name) => dayNumber(name, 'workingDays'));
      const left = Array.from(
        { length: date.daysInMonth - date.day },
        (_, index) => ((date.dayOfWeek + index) % 7) + 1,
      );
      return working.includes(date.dayOfWeek) && !left.some((day) => working.includes(day));
    },
  },
  {
    name: 'isPublicHoliday',
    parameters: ['date', 'country', 'subDivision'],
    steps: DATE_STEPS,
    about: 'Whether a date is a public holiday of a country, or of a part of it.',
    call([value, country, subDivision], run) {
      const day = localDate(value, run).toPlainDate().toString();
      const code = strictText(country, 'country');
      const part = optionalText(subDivision, 'subDivision', run);
      return service('isPublicHoliday', run, (services) => services.isPublicHoliday(day, code, part));
    },
  },
];

function dayNumber(name: string, parameter: string): number {
  const index = DAYS.indexOf(name.toUpperCase());
  if (index < 0) throw argumentFault(`\`${parameter}\` must hold names of days such as MONDAY, not \`${name}\``);
  return index + 1;
}
