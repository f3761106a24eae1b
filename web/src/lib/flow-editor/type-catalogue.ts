/** What the editor knows about types: their names by kind, and the schema of each. */
import {
  listPlugins,
  pebbleFilters,
  pebbleFunctions,
  typeDocumentation,
  type PebbleEntry,
  type PropertySchema,
  type TypeDocumentation,
  type TypeSummary,
} from '../api/plugins.ts';

export type TypeKind = 'tasks' | 'triggers' | 'conditions';

export interface TypeCatalogue {
  types(kind: TypeKind): Promise<TypeSummary[]>;
  documentation(type: string): Promise<TypeDocumentation | undefined>;
  filters(): Promise<PebbleEntry[]>;
  functions(): Promise<PebbleEntry[]>;
}

/** An editor without its suggestions is still an editor: what cannot be loaded is simply not suggested. */
export const typeCatalogue: TypeCatalogue = {
  async types(kind) {
    const groups = await listPlugins().catch(() => []);
    return groups.flatMap((group) => group[kind] ?? []);
  },
  async documentation(type) {
    return typeDocumentation(type).catch(() => undefined);
  },
  async filters() {
    return named(await pebbleFilters().catch(() => []));
  },
  async functions() {
    return named(await pebbleFunctions().catch(() => []));
  },
};

function named(entries: readonly (PebbleEntry | string)[]): PebbleEntry[] {
  return entries.map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
}

/** The schema that a property's own value has, through lists and references. */
export function memberSchema(
  documentation: TypeDocumentation | undefined,
  path: readonly string[],
): PropertySchema | undefined {
  let schema = documentation?.schema?.properties;
  for (const name of path) schema = resolve(documentation, resolve(documentation, schema)?.properties?.[name]);
  return schema;
}

function resolve(
  documentation: TypeDocumentation | undefined,
  schema: PropertySchema | undefined,
): PropertySchema | undefined {
  if (schema === undefined) return undefined;
  if (schema.$ref !== undefined) {
    return documentation?.schema?.definitions?.[schema.$ref.split('/').at(-1) ?? ''];
  }
  if (schema.properties === undefined && schema.items !== undefined) return resolve(documentation, schema.items);
  if (schema.properties === undefined && schema.enum === undefined) {
    const map = schema.anyOf?.find((option) => option.properties ?? option.items ?? option.$ref ?? option.enum);
    if (map !== undefined) return resolve(documentation, map);
  }
  return schema;
}
