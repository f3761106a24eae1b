import { parseYaml } from '../flow/yaml.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';

/** The triggers of a source as it writes them, by id: what is shown to people keeps their words. */
export function sourceTriggers(source: string): Map<string, JsonObject> {
  const { value } = parseYaml(source);
  const triggers = isJsonObject(value) && Array.isArray(value.triggers) ? value.triggers.filter(isJsonObject) : [];
  return new Map(triggers.map((trigger) => [String(trigger.id), trigger]));
}

/** Trigger id -> its type as the source writes it. */
export function sourceTypes(source: string): Map<string, string> {
  return new Map([...sourceTriggers(source)].map(([id, { type }]) => [id, String(type)]));
}
