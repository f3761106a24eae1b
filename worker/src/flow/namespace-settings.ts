/** What the document of a namespace says to the flows in it and below it. */
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { PluginDefault } from './flow.ts';

export interface NamespaceSettings {
  /** What expressions see as `namespace`. */
  variables: JsonObject;
  /** Those of the namespace itself first, then those of its parents. */
  pluginDefaults: PluginDefault[];
}

/** The documents of a namespace and its parents, nearest first: of variables with one name the nearest counts. */
export function settingsOf(documents: readonly JsonObject[]): NamespaceSettings {
  const variables = documents.map((document) => document.variables).filter(isJsonObject);
  return {
    variables: Object.assign({}, ...variables.toReversed()) as JsonObject,
    pluginDefaults: documents.flatMap(({ pluginDefaults }) => readPluginDefaults(pluginDefaults)),
  };
}

function readPluginDefaults(list: Json | undefined): PluginDefault[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    if (!isJsonObject(entry) || typeof entry.type !== 'string' || !isJsonObject(entry.values)) return [];
    return [{ type: entry.type, values: entry.values, forced: entry.forced === true }];
  });
}
