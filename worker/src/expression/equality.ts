import { compareNumbers, isNumber } from './numbers.ts';
import { isDate, isList, isMap, kindOf, mapGet } from './value.ts';
import type { Run } from './run.ts';
import type { Value } from './value.ts';

/** Texts are compared fast. */
const CHARS_PER_STEP = 1_024;

/** `==`: numbers by value whatever their type, lists and maps member by member, everything else only within its kind. */
export function isEqual(left: Value, right: Value, run: Run, depth = 0): boolean {
  if (typeof left === 'string') run.meter.spend(Math.floor(left.length / CHARS_PER_STEP));
  if (left === right) return true;
  if (typeof left === 'string' || typeof right === 'string') return false;
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0;
  if (kindOf(left) !== kindOf(right)) return false;
  run.descend(depth);
  if (isList(left) && isList(right)) {
    if (left.length !== right.length) return false;
    const others = run.items(right);
    return run.items(left).every((item, index) => isEqual(item, others[index] ?? null, run, depth + 1));
  }
  if (isMap(left) && isMap(right)) {
    const entries = run.entries(left);
    if (entries.length !== run.entries(right).length) return false;
    return entries.every(([key, item]) => {
      const other = mapGet(right, key);
      return other !== undefined && isEqual(item, other, run, depth + 1);
    });
  }
  return isDate(left) && isDate(right) && left.constructor === right.constructor && String(left) === String(right);
}

export function includes(items: readonly Value[], wanted: Value, run: Run): boolean {
  run.meter.spend(items.length);
  return items.some((item) => isEqual(item, wanted, run));
}
