import { Lookup } from './value.ts';
import type { Json } from '../protocol/json.ts';
import type { Value } from './value.ts';

/** Where a template's variables come from; roots may be made when they are first asked for. */
export interface Scope {
  /** The variable, or undefined when it is not defined. */
  variable(name: string): Value | undefined;
  /** Every name, for suggestions and `printContext`. */
  names(): Iterable<string>;
}

/** A scope over a map; a function in it is called once, when its variable is first used. */
export function scopeOf(variables: Readonly<Record<string, Json | Lookup | (() => Json | Lookup)>>): Scope {
  const made = new Map<string, Value>();
  return {
    variable(name) {
      if (!Object.hasOwn(variables, name)) return undefined;
      const value = variables[name];
      if (typeof value !== 'function') return value;
      const known = made.get(name);
      if (known !== undefined) return known;
      const fresh = value();
      made.set(name, fresh);
      return fresh;
    },
    names: () => Object.keys(variables),
  };
}

/** A scope as a map: the value of `_context` and of `printContext()`. */
export class ScopeLookup extends Lookup {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    super();
    this.#scope = scope;
  }

  get(name: string): Value | undefined {
    return this.#scope.variable(name);
  }

  keys(): Iterable<string> {
    return this.#scope.names();
  }
}
