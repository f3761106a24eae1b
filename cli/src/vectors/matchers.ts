/** Compares a value with an expected one: maps as subsets, lists exactly, numbers by value, an expected null with null or nothing.
 *  The members of an expected map that begin with `$` are matchers. */
import { isDeepStrictEqual } from 'node:util';

type Map = Record<string, unknown>;

const MATCHERS: Record<string, (wanted: unknown, actual: unknown) => boolean> = {
  $contains: (part, actual) => contains(actual, part),
  $notContains: (part, actual) => isSet(actual) && !contains(actual, part),
  $containsAll: (parts, actual) => Array.isArray(parts) && parts.every((part) => contains(actual, part)),
  $startsWith: (part, actual) => typeof actual === 'string' && actual.startsWith(String(part)),
  $endsWith: (part, actual) => typeof actual === 'string' && actual.endsWith(String(part)),
  $regex: (pattern, actual) => typeof actual === 'string' && new RegExp(String(pattern)).test(actual),
  $gte: (bound, actual) => typeof actual === 'number' && actual >= Number(bound),
  $lte: (bound, actual) => typeof actual === 'number' && actual <= Number(bound),
  $in: (values, actual) => Array.isArray(values) && values.some((value) => isDeepStrictEqual(value, actual)),
  $not: (value, actual) => isSet(actual) && !matches(value, actual),
  $notNull: (wanted, actual) => isSet(actual) === wanted,
  $absent: (wanted, actual) => !isSet(actual) === wanted,
  $nullOrAbsent: (wanted, actual) => !isSet(actual) === wanted,
  $length: (length, actual) => matches(length, lengthOf(actual)),
  $setEquals: (values, actual) =>
    Array.isArray(values) && Array.isArray(actual) && isDeepStrictEqual(sorted(values), sorted(actual)),
  $someItem: (wanted, actual) => Array.isArray(actual) && actual.some((item) => matches(wanted, item)),
  $all: (wanted, actual) => Array.isArray(actual) && actual.length > 0 && actual.every((item) => matches(wanted, item)),
  $instant: (instant, actual) => Date.parse(String(actual)) === Date.parse(String(instant)),
  $repeat: (wanted, actual) => Array.isArray(wanted) && actual === String(wanted[0]).repeat(Number(wanted[1])),
};

/** Throws for a matcher that it does not know, so that no vector passes unread. */
export function matches(expected: unknown, actual: unknown): boolean {
  if (expected === null) return !isSet(actual);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => matches(item, actual[index]))
    );
  }
  if (!isMap(expected)) return Object.is(expected, actual) || expected === actual;
  const names = Object.keys(expected);
  if (names.length === 0) return isMap(actual) && Object.keys(actual).length === 0;
  return names.every((name) => {
    const wanted = expected[name];
    if (!name.startsWith('$'))
      return (isMap(actual) || Array.isArray(actual)) && matches(wanted, memberOf(actual, name));
    const matcher = Object.hasOwn(MATCHERS, name) ? MATCHERS[name] : undefined;
    if (matcher === undefined) throw new Error(`unknown matcher ${name}`);
    return matcher(wanted, actual);
  });
}

export function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: Map | unknown[], name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Map)[name] : undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function contains(actual: unknown, part: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(part));
  return Array.isArray(actual) && actual.some((item) => isDeepStrictEqual(item, part));
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

function sorted(values: unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
