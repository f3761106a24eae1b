/** Labels as flows write them (a list of `{key, value}` or a map) -> a list of texts. */
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import type { Label } from './flow.ts';

export const SYSTEM_LABEL_PREFIX = 'system.';
/** The one system label that a source may set. */
export const READ_ONLY_LABEL = 'system.readOnly';

export interface LabelProblem {
  path: (string | number)[];
  message: string;
}

export function readLabels(
  value: Json,
  { allow = [] }: { allow?: readonly string[] } = {},
): { labels: Label[]; problems: LabelProblem[] } {
  const labels: Label[] = [];
  const problems: LabelProblem[] = [];
  const add = (key: Json | undefined, member: Json | undefined, path: (string | number)[]): void => {
    const label = { key: labelText(key), value: labelText(member) };
    if (label.key === '' || label.value === '') {
      problems.push({ path, message: 'A label needs a key and a value that are not empty.' });
    } else if (label.key === undefined || label.value === undefined) {
      problems.push({ path, message: 'The key and the value of a label must be texts, numbers or booleans.' });
    } else if (label.key.startsWith(SYSTEM_LABEL_PREFIX) && !allow.includes(label.key)) {
      problems.push({
        path,
        message: `System labels can only be set by Kestra itself, offending label: ${label.key}=${label.value}`,
      });
    } else labels.push({ key: label.key, value: label.value });
  };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (isJsonObject(item)) add(item.key, item.value, [index]);
      else problems.push({ path: [index], message: 'must be a map of key and value' });
    }
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) add(key, member, [key]);
  } else problems.push({ path: [], message: 'must be a list of key and value, or a map' });
  return { labels, problems };
}

/** Empty for what is unset, undefined for what is no text. */
function labelText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) || isJsonObject(value)) return undefined;
  return String(value).trim();
}
