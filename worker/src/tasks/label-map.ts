import { isJsonObject } from '../protocol/json.ts';
import { TaskFailure } from './task.ts';

/** Rendered labels (a list of `{key, value}` or a map) as a map of texts. */
export function labelMap(labels: unknown): Record<string, string> {
  const entries: [unknown, unknown][] = Array.isArray(labels)
    ? labels.map((label) => (isJsonObject(label) ? [label.key, label.value] : [undefined, undefined]))
    : Object.entries(isJsonObject(labels) ? labels : {});
  const map: Record<string, string> = {};
  for (const [key, value] of entries) {
    const [name, content] = [labelText(key), labelText(value)];
    if (name === '' || content === '')
      throw new TaskFailure(`Invalid label '${name}': key and value must not be empty.`);
    map[name] = content;
  }
  return map;
}

function labelText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' && (Array.isArray(value) || isJsonObject(value)) ? '' : String(value).trim();
}
