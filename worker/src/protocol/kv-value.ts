/** Values of the key-value store: what type a text has, and how each type is written back. */
import { formatDuration, parseDuration } from './duration.ts';
import { Decimal, parseJson } from './json.ts';
import type { Json } from './json.ts';

export const KV_TYPES = ['STRING', 'NUMBER', 'BOOLEAN', 'DATETIME', 'DATE', 'DURATION', 'JSON'] as const;
export type KvType = (typeof KV_TYPES)[number];

export interface KvValue {
  type: KvType;
  value: Json;
}

export const KV_KEY = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** The value that a request's body means: JSON, else the text as it is. A text, quoted or not, that is a date, an instant or a
 *  duration has that type. */
export function readKvBody(body: string): KvValue {
  const text = body.trim();
  try {
    const value = parseJson(text);
    return typeof value === 'string' ? bareText(value) : kvValueOf(value);
  } catch {
    return text === '' ? { type: 'STRING', value: body } : bareText(text);
  }
}

/** The type of a value that a flow set. */
export function kvValueOf(value: Json): KvValue {
  switch (typeof value) {
    case 'string':
      return { type: 'STRING', value };
    case 'boolean':
      return { type: 'BOOLEAN', value };
    case 'number':
    case 'bigint':
      return { type: 'NUMBER', value };
    default:
      return value instanceof Decimal ? { type: 'NUMBER', value } : { type: 'JSON', value };
  }
}

/** Converts a value to a wanted type; undefined when it does not fit. */
export function toKvType(value: Json, type: KvType): KvValue | undefined {
  if (type === 'STRING') return { type, value: typeof value === 'string' ? value : String(value) };
  if (typeof value !== 'string') {
    const found = kvValueOf(value);
    return found.type === type || type === 'JSON' ? { type, value } : undefined;
  }
  const found = type === 'DATETIME' || type === 'DATE' || type === 'DURATION' ? bareText(value.trim()) : parsed(value);
  return found?.type === type
    ? found
    : type === 'JSON' && found !== undefined
      ? { type, value: found.value }
      : undefined;
}

function parsed(text: string): KvValue | undefined {
  try {
    return kvValueOf(parseJson(text));
  } catch {
    return undefined;
  }
}

function bareText(text: string): KvValue {
  if (DATE.test(text) && !Number.isNaN(Date.parse(text))) return { type: 'DATE', value: text };
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text))) return { type: 'DATETIME', value: instantText(text) };
  const duration = /^[+-]?P/i.test(text) ? parseDuration(text) : undefined;
  if (duration !== undefined) return { type: 'DURATION', value: formatDuration(duration) };
  return { type: 'STRING', value: text };
}

/** In UTC, without a fraction that is nothing. */
function instantText(text: string): string {
  return new Date(text).toISOString().replace('.000Z', 'Z');
}
