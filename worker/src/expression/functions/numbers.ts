import { integerOf } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { compareNumbers, isNumber } from '../numbers.ts';
import { Range, describe, isList } from '../value.ts';
import type { ArgumentValues, ExpressionFunction } from '../callable.ts';
import type { NumberValue } from '../numbers.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';

export const numberFunctions: readonly ExpressionFunction[] = [
  {
    name: 'max',
    parameters: ['numbers'],
    variadic: true,
    about: 'The greatest of its arguments.',
    call: (args, run) => extreme('max', args, run, (order) => order > 0),
  },
  {
    name: 'min',
    parameters: ['numbers'],
    variadic: true,
    about: 'The least of its arguments.',
    call: (args, run) => extreme('min', args, run, (order) => order < 0),
  },
  {
    name: 'range',
    parameters: ['start', 'end', 'increment'],
    about: 'The whole numbers or letters from a start to an end, both included.',
    call: ([start, end, increment]) => range(start, end, increment),
  },
];

function extreme(name: string, args: ArgumentValues, run: Run, isBetter: (order: number) => boolean): Value {
  let best: NumberValue | undefined;
  for (const value of args.flatMap((arg) => valuesIn(arg ?? null, run))) {
    if (!isNumber(value)) throw argumentFault(`\`${name}\` needs numbers, not ${describe(value)}`);
    if (best === undefined || isBetter(compareNumbers(value, best))) best = value;
  }
  return best ?? null;
}

/** A list counts as its items. */
function valuesIn(value: Value, run: Run): Value[] {
  return isList(value) ? run.items(value) : [value];
}

function range(start: Value | undefined, end: Value | undefined, increment: Value | undefined): Value {
  const step = increment === undefined || increment === null ? 1 : integerOf(increment, 'increment');
  if (step === 0) throw argumentFault('`increment` must not be 0');
  if (isLetter(start) && isLetter(end)) {
    const codes = new Range(start.charCodeAt(0), end.charCodeAt(0), step);
    return Array.from({ length: codes.length }, (_, index) => String.fromCharCode(codes.at(index) ?? 0));
  }
  return new Range(integerOf(start, 'start'), integerOf(end, 'end'), step);
}

function isLetter(value: Value | undefined): value is string {
  return typeof value === 'string' && value.length === 1;
}
