import type * as z from '../zod.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { suggest } from './suggest.ts';

/** What zod found, in the words that authors of flows read. */
export function explain(
  issue: z.core.$ZodIssue,
  value: Json,
): { code: 'wrong-type' | 'invalid-value'; message: string; suggestion?: string } {
  switch (issue.code) {
    case 'invalid_type':
      return {
        code: 'wrong-type',
        message: `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}, but is ${describeValue(value)}`,
      };
    case 'invalid_value': {
      const known = issue.values.map(String);
      const suggestion = suggest(String(value), known);
      return {
        code: 'invalid-value',
        message: `must be one of ${known.join(', ')}, but is ${describeValue(value)}`,
        suggestion,
      };
    }
    case 'too_small':
      if (issue.origin === 'array')
        return {
          code: 'invalid-value',
          message: Number(issue.minimum) === 1 ? 'must not be empty' : `must have at least ${issue.minimum} items`,
        };
      if (issue.origin === 'string')
        return {
          code: 'invalid-value',
          message: Number(issue.minimum) === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`,
        };
      return {
        code: 'invalid-value',
        message: `must be greater than${issue.inclusive === false ? '' : ' or equal to'} ${issue.minimum}`,
      };
    case 'too_big':
      if (issue.origin === 'string')
        return { code: 'invalid-value', message: `must have at most ${issue.maximum} characters` };
      if (issue.origin === 'array')
        return { code: 'invalid-value', message: `must have at most ${issue.maximum} items` };
      return { code: 'invalid-value', message: `must be less than or equal to ${issue.maximum}` };
    case 'invalid_format':
      if (issue.format === 'regex')
        return {
          code: 'invalid-value',
          message: `must match "${String(issue.pattern).slice(1, -1)}", but is ${describeValue(value)}`,
        };
      return { code: 'invalid-value', message: issue.message };
    default:
      return { code: 'invalid-value', message: issue.message };
  }
}

const TYPE_WORDS: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

/** A value as a part of a sentence. */
export function describeValue(value: Json): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'a map';
  const shown = String(value);
  return `\`${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}\``;
}
