/** Regular expressions of users: RE2, which matches in linear time whatever the pattern. Patterns that are plain text never
 *  get there. */
import { EXPRESSION_REGEX_PATTERN_CHARS_MAX } from '../limits.ts';
import { Fault, argumentFault } from './error.ts';
import { regularExpressions } from './parts.ts';
import { replaceAll } from './replace.ts';
import type { RE2JS } from 're2js';
import type { Run } from './run.ts';

const PATTERNS_KEPT_MAX = 100;
const patterns = new Map<string, RE2JS>();

function compiled(pattern: string, run: Run): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > EXPRESSION_REGEX_PATTERN_CHARS_MAX) {
    const message = `A regular expression may have at most ${EXPRESSION_REGEX_PATTERN_CHARS_MAX} characters`;
    throw new Fault('expression_regex_exceeded', message);
  }
  run.meter.spend(pattern.length);
  const engine = regularExpressions.get();
  try {
    const fresh = engine.compile(pattern);
    if (patterns.size >= PATTERNS_KEPT_MAX) patterns.clear();
    patterns.set(pattern, fresh);
    return fresh;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw argumentFault(`\`${pattern}\` is not a regular expression of RE2: ${reason}`);
  }
}

/** RE2's cost is the length of the text times the size of the compiled pattern. */
function charge(text: string, pattern: RE2JS, run: Run): void {
  const { regexInputChars } = run.meter.budget;
  if (text.length > regexInputChars) {
    throw new Fault(
      'expression_regex_exceeded',
      `A regular expression may search at most ${regexInputChars} characters`,
    );
  }
  run.meter.spend(Math.ceil((text.length * pattern.programSize()) / REGEX_WORK_PER_STEP));
}

/** So many characters times instructions of the pattern take as long as a step. */
const REGEX_WORK_PER_STEP = 4;

/** The plain text that a pattern stands for, when it stands for one. */
function literal(pattern: string): string | undefined {
  if (/^[^\\^$.|?*+()[\]{}]+$/.test(pattern)) return pattern;
  return /^(?:\\[^A-Za-z0-9])+$/.test(pattern) ? pattern.replaceAll(/\\(.)/g, '$1') : undefined;
}

export function replaceByRegex(text: string, pattern: string, replacement: string, run: Run): string {
  const plain = literal(pattern);
  if (plain !== undefined && !/[\\$]/.test(replacement)) return replaceAll(text, plain, replacement, run);
  const regex = compiled(pattern, run);
  charge(text, regex, run);
  const result = safely(() => regex.matcher(text).replaceAll(replacement, true));
  run.meter.grow(result.length);
  return result;
}

/** As Java's `String.split`: no limit drops empty texts at the end, a negative one keeps them. */
export function splitByRegex(text: string, pattern: string, limit: number, run: Run): string[] {
  run.meter.grow(text.length);
  const plain = literal(pattern);
  const parts = plain === undefined ? regexParts(text, pattern, limit, run) : plainParts(text, plain, limit);
  run.checkItems(parts.length);
  run.meter.spend(parts.length);
  if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function plainParts(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  return limit > 0 && parts.length > limit
    ? [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
    : parts;
}

function regexParts(text: string, pattern: string, limit: number, run: Run): string[] {
  const regex = compiled(pattern, run);
  charge(text, regex, run);
  const parts: string[] = [];
  let from = 0;
  const matcher = regex.matcher(text);
  while ((limit <= 0 || parts.length < limit - 1) && matcher.find()) {
    // A match of nothing at the start separates nothing.
    if (matcher.end() === 0) continue;
    parts.push(text.slice(from, matcher.start()));
    from = matcher.end();
  }
  return [...parts, text.slice(from)];
}

function safely<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw argumentFault(`The replacement is not valid: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
