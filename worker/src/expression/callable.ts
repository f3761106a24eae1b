/** What filters and functions have in common: a name, parameters, a line of documentation and how their arguments are read. */
import { argumentFault } from './error.ts';
import { isNumber, isWhole, toDouble } from './numbers.ts';
import { toText } from './text.ts';
import { describe, isList, isMap } from './value.ts';
import type { Run } from './run.ts';
import type { Lookup, Range, Value, ValueMap } from './value.ts';

/** One for each parameter, in their order; undefined where the call gives none. */
export type ArgumentValues = readonly (Value | undefined)[];

interface Callable {
  readonly name: string;
  /** In their order; former names of a parameter stand behind it: `replace_pairs|pairs`. */
  readonly parameters: readonly string[];
  /** One line for completion and the documentation. */
  readonly about: string;
  // A step is a fifth of a microsecond. Clocks of the edge stand still while it computes: steps alone bound that time.
  /** Steps of a call, when it takes as long as several. */
  readonly steps?: number;
  /** Characters that are read in the time of a step, when they are fewer than usual. */
  readonly charsPerStep?: number;
}

export interface Filter extends Callable {
  /** Whether null is a value to work on; else null passes through. */
  readonly acceptsNull?: true;
  apply(input: Value, args: ArgumentValues, run: Run): Value;
}

export interface ExpressionFunction extends Callable {
  /** Takes any number of positional arguments. */
  readonly variadic?: true;
  call(args: ArgumentValues, run: Run): Value;
}

/** What completion and the documentation show. */
export interface CallableDoc {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly description: string;
}

export function docOf({ name, parameters, about }: Callable): CallableDoc {
  return { name, arguments: parameters.map((parameter) => parameter.replace(/\|.*/, '')), description: about };
}

/** A filter that turns a text into a value; numbers and booleans count as their text. */
export function textFilter(
  name: string,
  about: string,
  change: (text: string, run: Run) => Value,
  cost: Pick<Filter, 'steps' | 'charsPerStep'> = {},
): Filter {
  return {
    name,
    parameters: [],
    about,
    ...cost,
    apply: (input, _args, run) => change(textOf(input, 'input', run), run),
  };
}

/** Texts and lists are given to be read: what a call costs grows with them. */
export function stepsOf(values: ArgumentValues, charsPerStep = CHARS_PER_STEP): number {
  let read = 0;
  for (const value of values) {
    if (typeof value === 'string') read += value.length / charsPerStep;
    else if (Array.isArray(value)) read += value.length / ITEMS_PER_STEP;
  }
  return Math.floor(read);
}

const CHARS_PER_STEP = 32;
const ITEMS_PER_STEP = 4;

/** A text, or the text of a number, a boolean or a date. */
export function textOf(value: Value | undefined, name: string, run: Run): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) throw missing(name);
  if (isList(value) || isMap(value)) throw argumentFault(`\`${name}\` must be a text, not ${describe(value)}`);
  return toText(value, run);
}

export function optionalText(value: Value | undefined, name: string, run: Run): string | undefined {
  return value === undefined || value === null ? undefined : textOf(value, name, run);
}

/** A text and nothing that could be made one. */
export function strictText(value: Value | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) throw missing(name);
  throw argumentFault(`\`${name}\` must be a text, not ${describe(value)}`);
}

export function integerOf(value: Value | undefined, name: string): number {
  if (value === undefined || value === null) throw missing(name);
  if (isNumber(value) && isWhole(value) && Number.isSafeInteger(Number(value))) return Number(value);
  throw argumentFault(`\`${name}\` must be a whole number, not ${isNumber(value) ? toDouble(value) : describe(value)}`);
}

export function booleanOf(value: Value | undefined, name: string, preset: boolean): boolean {
  if (value === undefined || value === null) return preset;
  if (typeof value === 'boolean') return value;
  throw argumentFault(`\`${name}\` must be true or false, not ${describe(value)}`);
}

export function mapOf(value: Value | undefined, name: string): ValueMap | Lookup {
  if (value === undefined || value === null) throw missing(name);
  if (isMap(value)) return value;
  throw argumentFault(`\`${name}\` must be a map, not ${describe(value)}`);
}

export function listOf(value: Value | undefined, name: string): Value[] | Range {
  if (value === undefined || value === null) throw missing(name);
  if (isList(value)) return value;
  throw argumentFault(`\`${name}\` must be a list, not ${describe(value)}`);
}

function missing(name: string): Error {
  return argumentFault(`Missing an argument: \`${name}\` is required`);
}
