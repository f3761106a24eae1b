/** Plugin defaults: values for every map with a `type` that the flow, or the server, gives a default for. */
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { PluginDefault } from './flow.ts';
import { setOwn } from './yaml.ts';

/** The canonical form of a type name, known or not. */
export type Canonical = (name: string) => string;

export interface Injection {
  value: Json;
  /** The members that defaults brought into a map of `value`. */
  injected: ReadonlyMap<JsonObject, ReadonlySet<string>>;
}

/** The value with defaults in every map that has a `type`. Forced ones win over the map; of the others, the flow's win over the
 *  server's; of the forced ones it is the other way round. Maps merge, lists are joined. */
export function injectDefaults(
  value: Json,
  flow: readonly PluginDefault[],
  global: readonly PluginDefault[],
  canonical: Canonical,
): Injection {
  const injected = new Map<JsonObject, ReadonlySet<string>>();
  if (flow.length === 0 && global.length === 0) return { value, injected };
  const named = (defaults: readonly PluginDefault[]) =>
    defaults.map((entry) => ({ ...entry, type: canonical(entry.type) }));
  // In the order in which they are laid on the map: what comes later wins.
  const under = [...named(flow), ...named(global)].filter((entry) => !entry.forced);
  const over = [...named(flow), ...named(global)].filter((entry) => entry.forced);

  const visit = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(visit);
    if (!isJsonObject(node)) return node;
    const copy: JsonObject = {};
    for (const [key, member] of Object.entries(node)) setOwn(copy, key, visit(member));
    if (typeof node.type !== 'string') return copy;
    const type = canonical(node.type);
    const applies = (entry: PluginDefault) => type === entry.type || type.startsWith(asPrefix(entry.type));
    let result = copy;
    // The nearest default is laid down last from below, so that the farther ones only fill what it leaves open.
    for (const entry of under) if (applies(entry)) result = merge(entry.values, result);
    for (const entry of over) if (applies(entry)) result = merge(result, entry.values);
    const brought = Object.keys(result).filter((key) => !Object.hasOwn(copy, key));
    if (brought.length > 0) injected.set(result, new Set(brought));
    return result;
  };
  return { value: visit(value), injected };
}

/** A prefix ends where a part of the name ends: `core.trigger.Schedule` is none of `core.trigger.ScheduleOnDates`. */
function asPrefix(type: string): string {
  return type.endsWith('.') ? type : `${type}.`;
}

function merge(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(base)) setOwn(result, key, value);
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(result, key) ? result[key] : undefined;
    if (isJsonObject(below) && isJsonObject(value)) setOwn(result, key, merge(below, value));
    else if (Array.isArray(below) && Array.isArray(value)) setOwn(result, key, [...below, ...value]);
    else setOwn(result, key, value);
  }
  return result;
}
