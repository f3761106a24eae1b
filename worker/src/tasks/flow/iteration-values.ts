/** The values a loop runs for: a list, or a text that is the JSON of one. Each becomes a text, each text occurs once. */
import { Decimal, isJsonObject, parseJson, stringifyJson } from '../../protocol/json.ts';
import type { Json } from '../../protocol/json.ts';
import { TaskFailure } from '../task.ts';

export function iterationValues(rendered: unknown): string[] {
  return [...new Set(texts(listOf(rendered as Json)))];
}

/** The items of a Loop, of which equal ones count each; of a map with their keys. */
export function loopItems(rendered: Json): { values: string[]; keys?: string[] } {
  const value = typeof rendered === 'string' ? parsed(rendered) : rendered;
  if (isJsonObject(value)) return { values: texts(Object.values(value)), keys: Object.keys(value) };
  return { values: texts(listOf(rendered)) };
}

function texts(items: Json[]): string[] {
  const nulls = items.filter((item) => item === null).length;
  if (nulls > 0) {
    throw new TaskFailure(`Found '${nulls}' null values on Each, with values=${stringifyJson(items)}`);
  }
  return items.map(valueText);
}

function listOf(rendered: Json): Json[] {
  if (Array.isArray(rendered)) return rendered;
  if (isJsonObject(rendered)) return Object.entries(rendered).map(([key, value]) => ({ key, value }));
  const value = typeof rendered === 'string' ? parsed(rendered) : rendered;
  if (Array.isArray(value)) return value;
  if (isJsonObject(value)) return listOf(value);
  throw new TaskFailure(
    `Cannot iterate over \`${String(rendered)}\`: the values must be a list, or a text that is the JSON of one.`,
  );
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function valueText(item: Json): string {
  if (typeof item === 'string') return item;
  if (item instanceof Decimal || typeof item !== 'object') return String(item);
  return stringifyJson(item);
}
