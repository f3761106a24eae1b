/** What an expression may fail of. Inside the interpreter a failure is thrown as a `Fault`; at its border it becomes an `ExpressionError`. */

export const EXPRESSION_ERROR_CODES = [
  'expression_syntax', // the source is not a template
  'expression_undefined', // a variable, key or attribute that is not there
  'expression_unknown', // a filter, function, test, tag or method that does not exist
  'expression_argument', // a value of a kind that the operation cannot use
  'expression_service', // something outside (secret, key-value store, file, HTTP) refused or is not available here
  'expression_steps_exceeded',
  'expression_depth_exceeded',
  'expression_output_exceeded',
  'expression_time_exceeded',
  'expression_passes_exceeded',
  'expression_waits_exceeded',
  'expression_regex_exceeded',
] as const;

export type ExpressionErrorCode = (typeof EXPRESSION_ERROR_CODES)[number];

export interface ExpressionError {
  readonly code: ExpressionErrorCode;
  /** For the user: what, in which expression, at which line. */
  readonly message: string;
  /** The tag that failed, shortened. */
  readonly expression: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The name that was not found, and the names that look like it, nearest first. */
  readonly name?: string;
  readonly suggestions?: readonly string[];
}

/** Where a node of a template stands. */
export interface Place {
  readonly source: string;
  readonly offset: number;
}

export class Fault extends Error {
  readonly code: ExpressionErrorCode;
  /** The innermost place that is known; a fault from a filter gets it from the node that called the filter. */
  place: Place | undefined;
  readonly missing: { readonly name: string; readonly known: () => Iterable<string> } | undefined;

  constructor(code: ExpressionErrorCode, message: string, place?: Place, missing?: Fault['missing']) {
    super(message);
    this.code = code;
    this.place = place;
    this.missing = missing;
  }
}

/** A name that is not defined: the one failure that `??`, `???`, `is defined` and `default` forgive. */
export function undefinedFault(name: string, known: () => Iterable<string>, place: Place): Fault {
  return new Fault('expression_undefined', `Unable to find \`${name}\``, place, { name, known });
}

export function argumentFault(message: string): Fault {
  return new Fault('expression_argument', message);
}

/** The same failure, with the place where it came out of a call. */
export function located(failure: unknown, place: Place): unknown {
  if (failure instanceof Fault && failure.place === undefined) failure.place = place;
  return failure;
}

const EXPRESSION_CHARS_SHOWN = 200;
const NAMES_COMPARED_MAX = 500;
const SUGGESTIONS_MAX = 3;

/** Turns whatever was thrown into an error for the user; a thrown thing that is no fault of the template is thrown on. */
export function toExpressionError(failure: unknown, source: string): ExpressionError {
  const fault = asFault(failure);
  const place = fault.place ?? { source, offset: 0 };
  const expression = tagAt(place.source, place.offset);
  const before = place.source.slice(0, place.offset);
  const line = before.split('\n').length;
  const column = place.offset - before.lastIndexOf('\n');
  const error = { code: fault.code, expression, line, column };
  if (fault.missing === undefined) {
    return {
      ...error,
      message: `${fault.message} (in the expression \`${expression}\` at line ${line}, column ${column})`,
    };
  }
  const { name } = fault.missing;
  const suggestions = nearest(name, fault.missing.known());
  const hint = suggestions.length === 0 ? '' : `. Did you mean ${suggestions.map((one) => `\`${one}\``).join(' or ')}?`;
  const message = `${fault.message} used in the expression \`${expression}\` at line ${line}${hint}`;
  return { ...error, message, name, suggestions };
}

function asFault(failure: unknown): Fault {
  if (failure instanceof Fault) return failure;
  // The depth limits keep well clear of the end of the stack; a caller that is deep already may still get there.
  if (failure instanceof RangeError)
    return new Fault('expression_depth_exceeded', 'The expression is nested too deeply');
  throw failure;
}

/** The `{{ … }}` or `{% … %}` around an offset. */
function tagAt(source: string, offset: number): string {
  const start = Math.max(
    source.lastIndexOf('{{', offset),
    source.lastIndexOf('{%', offset),
    source.lastIndexOf('{#', offset),
  );
  const from = Math.max(start, 0);
  const close = ['}}', '%}'].map((end) => source.indexOf(end, offset)).filter((end) => end >= 0);
  const to = close.length === 0 ? source.length : Math.min(...close) + 2;
  const tag = source.slice(from, to);
  return tag.length <= EXPRESSION_CHARS_SHOWN ? tag : `${tag.slice(0, EXPRESSION_CHARS_SHOWN)}…`;
}

/** The names that are few edits away from a misspelt one. */
export function nearest(name: string, known: Iterable<string>): string[] {
  const scored: { candidate: string; distance: number }[] = [];
  let compared = 0;
  for (const candidate of known) {
    if (++compared > NAMES_COMPARED_MAX) break;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3))) scored.push({ candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance);
  return scored.slice(0, SUGGESTIONS_MAX).map(({ candidate }) => candidate);
}

const NAME_CHARS_COMPARED_MAX = 64;

/** Letters to insert, delete, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  if (a.length > NAME_CHARS_COMPARED_MAX || b.length > NAME_CHARS_COMPARED_MAX) return Infinity;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (beforePrevious[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
