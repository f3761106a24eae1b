import { stepsOf } from './callable.ts';
import { argumentFault } from './error.ts';
import { includes, isEqual } from './equality.ts';
import { calculate, compares, isNumber, isWhole } from './numbers.ts';
import { toText } from './text.ts';
import { Range, describe, isList, isMap, mapGet } from './value.ts';
import type { BinaryOperator } from './ast.ts';
import type { Run } from './run.ts';
import type { Value } from './value.ts';

/** The operators that need both of their operands. */
export type EagerOperator = Exclude<BinaryOperator, 'or' | 'and' | '??' | '???'>;

export function operate(operator: EagerOperator, left: Value, right: Value, run: Run): Value {
  switch (operator) {
    case '+':
      return add(left, right, run);
    case '-':
      return isList(left) ? without(run.items(left), right, run) : calculate('-', left, right);
    case '*':
    case '/':
    case '%':
      return calculate(operator, left, right);
    case '~':
      return join(toText(left, run), toText(right, run), run);
    case '==':
      return isEqual(left, right, run);
    case '!=':
      return !isEqual(left, right, run);
    case '<':
    case '>':
    case '<=':
    case '>=':
      run.meter.spend(stepsOf([left]));
      return compares(operator, left, right);
    case 'contains':
      return contains(left, right, run);
    case '..':
      return new Range(bound(left), bound(right));
  }
}

export function join(left: string, right: string, run: Run): string {
  run.meter.grow(left.length + right.length);
  return left + right;
}

function add(left: Value, right: Value, run: Run): Value {
  if (typeof left === 'string' || typeof right === 'string') return join(printed(left, run), printed(right, run), run);
  if (!isList(left)) return calculate('+', left, right);
  const added = isList(right) ? run.items(right) : [right];
  run.checkItems(left.length + added.length);
  run.meter.spend(left.length + added.length);
  return [...run.items(left), ...added];
}

/** With `+`, null is the word (Java's `String.valueOf`); with `~` it is nothing. */
function printed(value: Value, run: Run): string {
  return value === null ? 'null' : toText(value, run);
}

function without(items: Value[], removed: Value, run: Run): Value {
  if (isList(removed)) {
    const all = run.items(removed);
    return items.filter((item) => !includes(all, item, run));
  }
  const index = items.findIndex((item) => isEqual(item, removed, run));
  return index < 0 ? items : items.filter((_, at) => at !== index);
}

/** A list as needle means all of its items. */
function contains(left: Value, right: Value, run: Run): boolean {
  if (left === null) return false;
  run.meter.spend(stepsOf([left, right]));
  const needles = isList(right) ? run.items(right) : [right];
  if (isList(left)) {
    const items = run.items(left);
    return needles.every((needle) => includes(items, needle, run));
  }
  if (isMap(left)) return needles.every((needle) => mapGet(left, toText(needle, run)) !== undefined);
  if (typeof left === 'string') return needles.every((needle) => needle !== null && left.includes(toText(needle, run)));
  throw argumentFault(`\`contains\` looks into a list, a map or a text, not into ${describe(left)}`);
}

function bound(value: Value): number {
  if (isNumber(value) && isWhole(value) && Number.isSafeInteger(Number(value))) return Number(value);
  throw argumentFault(`\`..\` needs two whole numbers, not ${describe(value)}`);
}
