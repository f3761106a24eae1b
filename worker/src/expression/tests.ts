import { parseJson } from '../protocol/json.ts';
import { argumentFault } from './error.ts';
import { isNumber, isWhole } from './numbers.ts';
import { describe, isList, isMap, mapKeys } from './value.ts';
import type { Value } from './value.ts';

/** The tests of `is`, except `defined`, which needs the expression and not its value. */
export const TESTS: ReadonlyMap<string, (value: Value) => boolean> = new Map([
  ['empty', isEmpty],
  ['null', (value: Value) => value === null],
  ['even', (value: Value) => remainderOfTwo(value, 'even') === 0n],
  ['odd', (value: Value) => remainderOfTwo(value, 'odd') !== 0n],
  ['iterable', isList],
  ['map', isMap],
  ['json', isJsonText],
]);

/** Null, a blank text, a list or a map without members. */
export function isEmpty(value: Value): boolean {
  if (value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (isList(value)) return value.length === 0;
  if (!isMap(value)) return false;
  for (const _ of mapKeys(value)) return false;
  return true;
}

function remainderOfTwo(value: Value, test: string): bigint {
  if (!isNumber(value) || !isWhole(value))
    throw argumentFault(`\`is ${test}\` needs a whole number, not ${describe(value)}`);
  return BigInt(value) % 2n;
}

function isJsonText(value: Value): boolean {
  if (typeof value !== 'string') return false;
  try {
    parseJson(value);
    return true;
  } catch {
    return false;
  }
}
