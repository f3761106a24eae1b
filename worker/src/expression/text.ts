/** How values are printed: texts as they are, null as nothing, lists and maps as compact JSON. */
import { Decimal } from '../protocol/json.ts';
import { isoText, javaText } from './dates/text.ts';
import { Range, isDate, mapGet, mapKeys } from './value.ts';
import type { Json } from '../protocol/json.ts';
import type { Run } from './run.ts';
import type { Value } from './value.ts';

export function toText(value: Value, run: Run): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value === null) return '';
      if (value instanceof Decimal) return value.digits;
      return isDate(value) ? javaText(value) : toJsonText(value, run);
  }
}

/** Compact JSON text, counted while it grows. */
export function toJsonText(value: Value, run: Run): string {
  return write(value, run, 0);
}

function write(value: Value, run: Run, depth: number): string {
  switch (typeof value) {
    case 'string':
      run.meter.grow(value.length + 2);
      return JSON.stringify(value);
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof Decimal) return value.digits.replace(/^\+/, '');
  if (isDate(value)) return JSON.stringify(isoText(value));
  run.descend(depth);
  run.meter.grow(2);
  if (Array.isArray(value) || value instanceof Range) {
    let text = '';
    for (const item of run.items(value)) {
      run.meter.spend(1);
      text += (text === '' ? '' : ',') + write(item, run, depth + 1);
    }
    return `[${text}]`;
  }
  let text = '';
  for (const key of mapKeys(value)) {
    const item = mapGet(value, key);
    if (item === undefined) continue;
    run.meter.spend(1);
    run.meter.grow(key.length + 4);
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(item, run, depth + 1)}`;
  }
  return `{${text}}`;
}

/** The value as others may keep it: dates become texts, lookups maps, ranges lists.  */
export function toPlain(value: Value, run: Run): Json {
  return plain(value, run, 0);
}

function plain(value: Value, run: Run, depth: number): Json {
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return value;
  if (isDate(value)) return isoText(value);
  run.descend(depth);
  if (value instanceof Range) return run.items(value).map((item) => plain(item, run, depth + 1));
  if (Array.isArray(value)) return value.map((item) => plain(item, run, depth + 1));
  return Object.fromEntries(run.entries(value).map(([key, item]) => [key, plain(item, run, depth + 1)]));
}
