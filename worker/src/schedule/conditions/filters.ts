/** The filters of `preconditions.where`: fields of an execution, compared. */
import { RE2JS } from 're2js';
import { isJsonObject } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { ConditionContext, SourceExecution } from './condition.ts';

const FIELDS: Readonly<Record<string, (execution: SourceExecution) => string>> = {
  FLOW_ID: ({ flowId }) => flowId,
  NAMESPACE: ({ namespace }) => namespace,
  STATE: ({ state }) => state,
};

const COMPARISONS: Readonly<Record<string, (actual: string, value: string, values: readonly string[]) => boolean>> = {
  EQUAL_TO: (actual, value) => actual === value,
  NOT_EQUAL_TO: (actual, value) => actual !== value,
  IN: (actual, _value, values) => values.includes(actual),
  NOT_IN: (actual, _value, values) => !values.includes(actual),
  STARTS_WITH: (actual, value) => actual.startsWith(value),
  ENDS_WITH: (actual, value) => actual.endsWith(value),
  CONTAINS: (actual, value) => actual.includes(value),
  REGEX: matches,
  IS_TRUE: (actual) => isTrue(actual),
  IS_FALSE: (actual) => !isTrue(actual),
  IS_NULL: (actual) => actual === '',
  IS_NOT_NULL: (actual) => actual !== '',
};

/** An entry of `where`: its filters joined by its operand, AND when it has none. */
export async function filtersHold({ operand, filters }: JsonObject, context: ConditionContext): Promise<boolean> {
  const answers: boolean[] = [];
  for (const filter of Array.isArray(filters) ? filters.filter(isJsonObject) : [])
    answers.push(await holds(filter, context));
  return operand === 'OR' ? answers.includes(true) : !answers.includes(false);
}

async function holds({ field, type, value, values }: JsonObject, context: ConditionContext): Promise<boolean> {
  const { execution } = context;
  if (execution === undefined) return false;
  if (field === 'EXPRESSION') {
    const text = await context.render(String(value));
    // What cannot be rendered is no value at all.
    return compares(String(type), text.ok ? text.value.trim() : '', '', []);
  }
  const read = typeof field === 'string' && Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) return false;
  const texts = await Promise.all((Array.isArray(values) ? values : []).map((item) => textOf(item, context)));
  return compares(String(type), read(execution), await textOf(value ?? '', context), texts);
}

function compares(type: string, actual: string, value: string, values: readonly string[]): boolean {
  const compare = Object.hasOwn(COMPARISONS, type) ? COMPARISONS[type] : undefined;
  return compare?.(actual, value, values) ?? false;
}

/** The whole text must match; ids and states are short, so RE2 needs no budget here. */
function matches(actual: string, pattern: string): boolean {
  try {
    return RE2JS.compile(pattern).matches(actual);
  } catch {
    return false;
  }
}

function isTrue(text: string): boolean {
  return text !== '' && text.toLowerCase() !== 'false';
}

async function textOf(value: Json, context: ConditionContext): Promise<string> {
  const text = await context.render(String(value));
  return text.ok ? text.value : '';
}
