/** Whether a cron expression follows the dialect: five fields, or six with seconds first; lists, ranges and steps; month and
 *  day names; nicknames. No `L`, `W`, `#` or `?`, and no range that runs backwards. */

const NICKNAMES = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  name: string;
  min: number;
  max: number;
  words?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 7, words: DAYS },
];

/** What is wrong with the expression, or undefined. */
export function cronProblem(cron: string, withSeconds: boolean): string | undefined {
  const reason = problemOf(cron.trim(), withSeconds);
  return reason === undefined ? undefined : `invalid cron expression '${cron}': ${reason}`;
}

function problemOf(cron: string, withSeconds: boolean): string | undefined {
  if (cron.startsWith('@'))
    return NICKNAMES.has(cron.toLowerCase()) ? undefined : `${cron} is none of ${[...NICKNAMES].join(', ')}`;
  const parts = cron === '' ? [] : cron.split(/\s+/);
  const fields = withSeconds ? FIELDS : FIELDS.slice(1);
  if (parts.length !== fields.length) {
    return `it has ${parts.length} fields instead of ${fields.length}${withSeconds ? '' : ' (six need withSeconds: true)'}`;
  }
  for (const [index, field] of fields.entries()) {
    const bad = (parts[index] ?? '').split(',').find((item) => !isItem(item, field));
    if (bad !== undefined) return `'${bad}' is no ${field.name} (${field.min}-${field.max})`;
  }
  return undefined;
}

function isItem(item: string, field: Field): boolean {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) return false;
  const [, star, first = '', last, step] = match;
  if (step !== undefined && Number(step) < 1) return false;
  if (star !== undefined) return true;
  const from = valueOf(first, field);
  const to = last === undefined ? from : valueOf(last, field);
  return from !== undefined && to !== undefined && from <= to;
}

function valueOf(word: string, { min, max, words }: Field): number | undefined {
  const named = words?.indexOf(word.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : /^\d+$/.test(word) ? Number(word) : undefined;
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
