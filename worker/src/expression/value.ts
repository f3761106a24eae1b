/** The values an expression works with: JSON, dates, and two kinds that make their members only when asked. */
import { Decimal } from '../protocol/json.ts';
import type { JsonPrimitive } from '../protocol/json.ts';
import type { Temporal } from 'temporal-polyfill';

export type DateValue = Temporal.ZonedDateTime | Temporal.PlainDateTime | Temporal.PlainDate | Temporal.Instant;
export type Value = JsonPrimitive | DateValue | Lookup | Range | Value[] | ValueMap;
export interface ValueMap {
  [key: string]: Value;
}

/** A map that is too large to be made for every expression, like the outputs of an execution; printing it makes it. */
export abstract class Lookup {
  /** The member, or undefined when there is none. */
  abstract get(name: string): Value | undefined;
  abstract keys(): Iterable<string>;
}

/** A list of whole numbers that is never made, so that a range costs what is used of it. */
export class Range {
  readonly from: number;
  readonly step: number;
  readonly length: number;

  constructor(from: number, to: number, step = 1) {
    this.from = from;
    this.step = step;
    this.length = Math.max(0, Math.floor((to - from) / step) + 1);
  }

  at(index: number): number | undefined {
    return index >= 0 && index < this.length ? this.from + index * this.step : undefined;
  }
}

export type Kind = 'null' | 'boolean' | 'number' | 'text' | 'list' | 'map' | 'date';

/** What a value is; a lookup is a map and a range is a list. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value) || value instanceof Range) return 'list';
      if (value instanceof Decimal) return 'number';
      return isDate(value) ? 'date' : 'map';
  }
}

export function isDate(value: unknown): value is DateValue {
  return tagOf(value)?.startsWith('Temporal.') === true;
}

/** The class that a date says it is of: known without loading the classes, which are large. */
function tagOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(Symbol.toStringTag in value)) return undefined;
  const tag = value[Symbol.toStringTag];
  return typeof tag === 'string' ? tag : undefined;
}

export function isZonedDateTime(value: Value): value is Temporal.ZonedDateTime {
  return tagOf(value) === 'Temporal.ZonedDateTime';
}

export function isInstant(value: Value): value is Temporal.Instant {
  return tagOf(value) === 'Temporal.Instant';
}

export function isPlainDateTime(value: Value): value is Temporal.PlainDateTime {
  return tagOf(value) === 'Temporal.PlainDateTime';
}

export function isPlainDate(value: Value): value is Temporal.PlainDate {
  return tagOf(value) === 'Temporal.PlainDate';
}

export function isMap(value: Value): value is ValueMap | Lookup {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || kindOf(value) === 'map';
}

export function isList(value: Value): value is Value[] | Range {
  return Array.isArray(value) || value instanceof Range;
}

/** A map's member. Own properties only: nothing of a prototype is ever seen. */
export function mapGet(map: ValueMap | Lookup, key: string): Value | undefined {
  if (map instanceof Lookup) return map.get(key);
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function mapKeys(map: ValueMap | Lookup): Iterable<string> {
  return map instanceof Lookup ? map.keys() : Object.keys(map);
}

/** Sets a member without ever meeting a setter of a prototype (`__proto__`). */
export function mapSet(map: ValueMap, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}

/** `target.key` and `target[key]`; undefined when there is no such member. */
export function member(target: Value, key: Value): Value | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if (isList(target)) {
    const index = typeof key === 'number' ? key : typeof key === 'string' && /^\d{1,9}$/.test(key) ? Number(key) : -1;
    return Array.isArray(target) ? (index >= 0 ? target[index] : undefined) : target.at(index);
  }
  if (!isMap(target)) return undefined;
  return mapGet(target, typeof key === 'string' ? key : String(key));
}

/** The names `member` would answer, for suggestions. */
export function memberNames(target: Value): Iterable<string> {
  return isMap(target) ? mapKeys(target) : [];
}

/** The word a user knows a kind by. */
export function describe(value: Value): string {
  const kind = kindOf(value);
  return kind === 'null' ? 'null' : kind === 'number' ? 'a number' : `a ${kind}`;
}
