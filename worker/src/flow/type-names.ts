/** Type names: the short form is canonical, Kestra's full names and the former names of each type mean the same. */
import type { ExtensionDefinition } from '../tasks/extension.ts';
import { suggest } from '../tasks/suggest.ts';

const PREFIX = 'io.kestra.plugin.';

/** The short form of a name, whether or not a type of that name exists. */
export function shortName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

/** Finds definitions by any of their names. */
export class TypeNames<D extends Pick<ExtensionDefinition, 'type' | 'aliases'>> {
  readonly #byName = new Map<string, D>();
  readonly definitions: readonly D[];

  constructor(definitions: readonly D[]) {
    this.definitions = definitions;
    for (const definition of definitions) {
      for (const name of [definition.type, ...(definition.aliases ?? [])])
        this.#byName.set(shortName(name), definition);
    }
  }

  find(name: string): D | undefined {
    return this.#byName.get(shortName(name));
  }

  /** The nearest known name, long or short as `name` is. */
  suggest(name: string): string | undefined {
    const types = this.definitions.map((definition) => definition.type);
    const wanted = shortName(name);
    const nearest = suggest(wanted, types) ?? types.find((type) => lastPart(type) === lastPart(wanted));
    return nearest !== undefined && wanted !== name ? PREFIX + nearest : nearest;
  }
}

function lastPart(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
