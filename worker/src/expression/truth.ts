import { argumentFault } from './error.ts';
import { isNumber, toDouble } from './numbers.ts';
import { describe } from './value.ts';
import type { Value } from './value.ts';

/** The condition of `if`, `and`, `or`, `not` and `? :`. A text is true unless it is empty, so `"false"` is true here. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (isNumber(value)) return toDouble(value) !== 0;
  throw argumentFault(
    value === null
      ? 'A null value cannot be a condition; compare it or give it a default'
      : `Unsupported value type for a condition: ${describe(value)}; use \`is not empty\``,
  );
}

const FALSE_TEXTS: ReadonlySet<string> = new Set(['', 'false', '0', '-0']);

/** The rendered condition of a task (`runIf`, If, Switch): its text decides. */
export function isTruthyText(text: string): boolean {
  return !FALSE_TEXTS.has(text);
}
