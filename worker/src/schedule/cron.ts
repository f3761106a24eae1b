/** Cron expressions as flows write them: five fields, or six with the seconds first, and nicknames. What counts as an
 *  expression is decided here; its dates are the library's. Around a change of the clocks: a time that does not exist fires
 *  once, when the gap is over; a time that exists twice fires the first time, and both times when every hour fires. */
import { Cron } from 'croner';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Timetable } from './timetable.ts';

interface Field {
  name: string;
  min: number;
  max: number;
  /** Names in the order of their numbers, from `min` on. */
  names?: readonly string[];
}

const SECOND: Field = { name: 'second', min: 0, max: 59 };
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of week', min: 0, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] },
];

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export interface CronOptions {
  /** Six fields, the seconds first. */
  withSeconds?: boolean;
}

/** Six fields without names, or why the text is no cron expression. */
export function parseCron(text: string, { withSeconds = false }: CronOptions = {}): Result<string, string> {
  const refused = (why: string) => fail(`invalid cron expression '${text}': ${why}`);
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) {
    const pattern = Object.hasOwn(NICKNAMES, trimmed.toLowerCase()) ? NICKNAMES[trimmed.toLowerCase()] : undefined;
    return pattern === undefined
      ? refused(`the nickname is unknown; use one of ${Object.keys(NICKNAMES).join(', ')}`)
      : ok(`0 ${pattern}`);
  }
  const parts = trimmed === '' ? [] : trimmed.split(/\s+/);
  const fields = withSeconds ? [SECOND, ...FIELDS] : FIELDS;
  if (parts.length !== fields.length) {
    const remedy = !withSeconds && parts.length === 6 ? '; a field for seconds needs `withSeconds: true`' : '';
    return refused(`it has ${parts.length} fields instead of ${fields.length}${remedy}`);
  }
  const read: string[] = withSeconds ? [] : ['0'];
  for (const [index, field] of fields.entries()) {
    const value = readField(parts[index] ?? '', field);
    if (!value.ok) return refused(value.error);
    read.push(value.value);
  }
  return ok(read.join(' '));
}

/** The dates of a pattern that `parseCron` made, in a time zone. */
export function cronTimetable(pattern: string, timezone: string): Timetable {
  const cron = new Cron(pattern, { timezone, mode: '6-part', paused: true });
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
    // The library looks at whole seconds and leaves out the one it is given: a date in that second is before its fraction.
    previous: (before) => cron.previousRuns(1, new Date(Math.ceil(before / 1000) * 1000))[0]?.getTime(),
  };
}

function readField(text: string, field: Field): Result<string, string> {
  const items: string[] = [];
  for (const item of text.split(',')) {
    const read = readItem(item, field);
    if (!read.ok) return read;
    items.push(read.value);
  }
  return ok(items.join(','));
}

/** A star, a value or a range, each with or without a step. */
function readItem(item: string, field: Field): Result<string, string> {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) return fail(`'${item}' is no value, range or step for the ${field.name}`);
  const [, star, first = '', last, step] = match;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max)) {
    return fail(`the step ${step} of the ${field.name} is not between 1 and ${field.max}`);
  }
  const every = step === undefined ? '' : `/${step}`;
  if (star !== undefined) return ok(`*${every}`);
  const from = readValue(first, field);
  if (!from.ok) return from;
  if (last === undefined) return ok(step === undefined ? String(from.value) : `${from.value}-${field.max}${every}`);
  const to = readValue(last, field, from.value);
  if (!to.ok) return to;
  if (to.value < from.value)
    return fail(`the range ${item} of the ${field.name} runs backwards; write it as two ranges`);
  return ok(`${from.value}-${to.value}${every}`);
}

/** A name that stands twice (Sunday) is the number that is not below `min`, so that a range may end with it. */
function readValue(text: string, field: Field, min = field.min): Result<number, string> {
  const named = (field.names ?? []).flatMap((name, index) => (name === text.toUpperCase() ? [index + field.min] : []));
  const value =
    named.find((number) => number >= min) ?? named.at(-1) ?? (/^\d{1,2}$/.test(text) ? Number(text) : undefined);
  if (value === undefined) return fail(`'${text}' is no ${field.name}`);
  if (value < field.min || value > field.max) {
    return fail(`the ${field.name} ${text} is not between ${field.min} and ${field.max}`);
  }
  return ok(value);
}
