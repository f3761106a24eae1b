/** Reads a source against the descriptions of its types: reports every fault, never stops at the first, and returns the value
 *  in canonical form (short type names, without what is unset). A null member is an unset one. */
import type * as z from '../zod.ts';
import { Decimal, isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { ExtensionDefinition } from '../tasks/extension.ts';
import { innermost, isExpression, wholeMarkOf } from '../tasks/properties.ts';
import type { Mark } from '../tasks/properties.ts';
import type { DiagnosticCode, Path } from './diagnostic.ts';
import { describeValue, explain } from '../tasks/explain.ts';
import { suggest } from '../tasks/suggest.ts';
import { shortName, TypeNames } from './type-names.ts';
import { setOwn } from './yaml.ts';

export interface Finding {
  severity: 'error' | 'warning' | 'deprecation' | 'info';
  code: DiagnosticCode;
  message: string;
  path: Path;
  suggestion?: string;
  /** The place is the member's name, not its value. */
  atKey?: boolean;
}

export type Report = (finding: Finding) => void;

/** What a map of properties is called in messages, and what else it may hold. */
export interface MapContext {
  /** As the source writes it. */
  typeName?: string;
  /** Members that somebody else has read already. */
  known?: ReadonlySet<string>;
}

/** How tasks, inputs and labels are read is decided by whoever reads the whole flow. */
export interface Hooks {
  tasks(value: Json, path: Path, mark: NonNullable<Mark['tasks']>, name: string): void;
  inputs(value: Json, path: Path): Json;
  labels(value: Json, path: Path): Json;
}

export class Checker {
  readonly #report: Report;
  readonly #hooks: Hooks;
  /** True for a member that a plugin default brought: an unknown one is dropped in silence. */
  readonly #isInjected: (source: JsonObject, name: string) => boolean;

  constructor(report: Report, hooks: Hooks, isInjected: (source: JsonObject, name: string) => boolean = () => false) {
    this.#report = report;
    this.#hooks = hooks;
    this.#isInjected = isInjected;
  }

  error(code: DiagnosticCode, path: Path, message: string, more: Partial<Finding> = {}): void {
    this.#report({ severity: 'error', code, path, message, ...more });
  }

  /** The members of a map that `shape` describes; child tasks and other members go to the hooks. */
  members(source: JsonObject, schema: z.ZodObject, path: Path, { typeName, known }: MapContext = {}): JsonObject {
    const shape = schema.shape as Record<string, z.core.$ZodType>;
    const result: JsonObject = {};
    for (const name in source) {
      if (!Object.hasOwn(source, name) || known?.has(name)) continue;
      const member = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (member === undefined) {
        if (!this.#isInjected(source, name)) this.#unknown(name, shape, known, typeName, path);
        continue;
      }
      const value = source[name] ?? null;
      const mark = wholeMarkOf(member);
      if (mark.deprecated !== undefined && value !== null) {
        this.#report({
          severity: 'deprecation',
          code: 'deprecated',
          path: [...path, name],
          message: mark.deprecated,
          atKey: true,
        });
      }
      if (mark.tasks !== undefined) {
        this.#hooks.tasks(value, [...path, name], mark.tasks, name);
        continue;
      }
      const read = this.value(member, value, [...path, name]);
      if (read !== undefined && read !== null) setOwn(result, name, read);
    }
    for (const name in shape) {
      const member = shape[name];
      if (member === undefined || Object.hasOwn(source, name)) continue;
      const { tasks } = wholeMarkOf(member);
      if (tasks !== undefined ? tasks.required : !isOptional(member)) this.#missing(name, member, path);
    }
    return result;
  }

  /** The canonical form of `value`, or undefined when it is unset or wrong (which has been reported). */
  value(schema: z.core.$ZodType, value: Json, path: Path): Json | undefined {
    if (value === null) {
      if (!isOptional(schema)) this.error('required', path, 'must not be null');
      return undefined;
    }
    const mark = wholeMarkOf(schema);
    if (mark.dynamic && isExpression(value)) return value;
    if (mark.inputs) return this.#hooks.inputs(value, path);
    if (mark.labels) return this.#hooks.labels(value, path);
    if (mark.extensions !== undefined) return this.extension(mark.extensions(), value, path);
    return this.#core(innermost(schema), value, path, mark.dynamic === true);
  }

  #core(schema: z.core.$ZodType, value: Json, path: Path, isDynamic: boolean): Json | undefined {
    const def = (schema as z.core.$ZodTypes)._zod.def;
    switch (def.type) {
      case 'unknown':
      case 'any':
        return value;
      case 'object':
        return this.#object(schema as z.ZodObject, value, path, isDynamic);
      case 'record': {
        if (!isJsonObject(value)) return this.#wrong(path, 'a map', value);
        const result: JsonObject = {};
        for (const [key, member] of Object.entries(value)) {
          const read = member === null ? null : this.value(def.valueType, member, [...path, key]);
          if (read !== undefined) setOwn(result, key, read);
        }
        return result;
      }
      case 'array': {
        if (!Array.isArray(value)) return this.#wrong(path, 'a list', value);
        const result: Json[] = [];
        for (const [index, item] of value.entries()) {
          const read = this.value(def.element, item, [...path, index]);
          if (read !== undefined) result.push(read);
        }
        this.#leaf(schema, value, path, true);
        return result;
      }
      case 'union':
        return this.#union(def as UnionDef, value, path);
      case 'string':
      case 'enum':
      case 'literal':
        if (!isScalarValue(value)) return this.#wrong(path, 'a text', value);
        return this.#leaf(schema, typeof value === 'string' ? value : String(value), path) ? value : undefined;
      case 'number': {
        const number = isScalarValue(value) && value !== '' ? Number(value) : value;
        return this.#leaf(schema, number as Json, path) ? value : undefined;
      }
      case 'boolean': {
        const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
        if (typeof word === 'boolean' || word === 'true' || word === 'false') return value;
        return this.#wrong(path, 'true or false', value);
      }
      default:
        return this.#leaf(schema, value, path) ? value : undefined;
    }
  }

  #object(schema: z.ZodObject, value: Json, path: Path, isDynamic: boolean): Json | undefined {
    if (!isJsonObject(value))
      return this.#wrong(path, isDynamic ? 'a map, or an expression that gives one' : 'a map', value);
    const isOpen = schema._zod.def.catchall?._zod.def.type === 'unknown';
    const known = isOpen ? unknownNames(value, schema) : undefined;
    const result = this.members(value, schema, path, { known });
    this.rules(schema, value, path);
    return isOpen ? { ...value, ...result } : result;
  }

  /** The rules between the members of a map; `prefix` goes before their texts. */
  rules(schema: z.core.$ZodType, source: JsonObject, path: Path, prefix = ''): void {
    const { rules } = wholeMarkOf(schema);
    if (rules === undefined) return;
    for (const problem of rules(source)) {
      this.error('rule', [...path, ...(problem.path ?? [])], prefix + problem.message);
    }
  }

  /** A map whose `type` names one of `definitions`. */
  extension(
    definitions: readonly ExtensionDefinition[],
    value: Json,
    path: Path,
    shared?: z.ZodObject,
  ): JsonObject | undefined {
    if (!isJsonObject(value)) return this.#wrong(path, 'a map', value);
    const names = typeNamesOf(definitions);
    const definition = this.definition(names, value, path);
    if (definition === undefined) return undefined;
    const known = new Set(['type', ...Object.keys(shared?.shape ?? {})]);
    const own = this.members(value, definition.input, path, { typeName: String(value.type), known });
    this.rules(definition.input, value, path);
    return { type: definition.type, ...own };
  }

  /** The definition that `source.type` names. */
  definition<D extends ExtensionDefinition>(names: TypeNames<D>, source: JsonObject, path: Path): D | undefined {
    const written = source.type ?? null;
    if (written === null) {
      this.error('required', [...path, 'type'], 'must not be null');
      return undefined;
    }
    const name = String(written);
    const definition = typeof written === 'string' ? names.find(name) : undefined;
    if (definition === undefined) {
      this.error('unknown-type', [...path, 'type'], `Invalid type: ${name}`, withSuggestion(names.suggest(name)));
      return undefined;
    }
    if (definition.deprecated !== undefined) {
      this.#report({ severity: 'deprecation', code: 'deprecated', path, message: definition.deprecated });
    }
    if (shortName(name) !== definition.type) {
      this.#report({
        severity: 'info',
        code: 'relocated',
        path: [...path, 'type'],
        message: `${name} is relocated to ${definition.type}`,
      });
    }
    return definition;
  }

  #union(def: UnionDef, value: Json, path: Path): Json | undefined {
    if (def.discriminator !== undefined) return this.#discriminated(def, def.discriminator, value, path);
    const fitting =
      def.options.find((option) => kindOf(option) === kindOfValue(value)) ??
      def.options.find((option) => accepts(option, value));
    if (fitting === undefined) return this.#wrong(path, def.options.map(describe).join(' or '), value);
    return this.value(fitting, value, path);
  }

  #discriminated(def: UnionDef, discriminator: string, value: Json, path: Path): Json | undefined {
    if (!isJsonObject(value)) return this.#wrong(path, 'a map', value);
    const wanted = value[discriminator] ?? null;
    const option = def.options.find((candidate) => {
      const member = (candidate as z.ZodObject).shape[discriminator] as z.core.$ZodType;
      return valuesOf(member).includes(wanted as string);
    });
    if (option !== undefined) return this.#object(option as z.ZodObject, value, path, false);
    if (wanted === null) this.error('required', [...path, discriminator], 'must not be null');
    else {
      const known = def.options.flatMap((candidate) =>
        valuesOf((candidate as z.ZodObject).shape[discriminator] as z.core.$ZodType),
      );
      this.error(
        'invalid-value',
        [...path, discriminator],
        `Invalid type: ${String(wanted)}. It must be one of ${known.join(', ')}.`,
        withSuggestion(suggest(String(wanted), known)),
      );
    }
    return undefined;
  }

  /** True when zod accepts the value; with `ownOnly`, faults of members are somebody else's. */
  #leaf(schema: z.core.$ZodType, value: Json, path: Path, ownOnly = false): boolean {
    const parsed = (schema as z.ZodType).safeParse(value);
    if (parsed.success) return true;
    let isFine = true;
    for (const issue of parsed.error.issues) {
      if (ownOnly && issue.path.length > 0) continue;
      isFine = false;
      const { code, message, suggestion } = explain(issue, value);
      this.error(code, [...path, ...(issue.path as (string | number)[])], message, withSuggestion(suggestion));
    }
    return isFine;
  }

  #wrong(path: Path, wanted: string, value: Json): undefined {
    this.error('wrong-type', path, `must be ${wanted}, but is ${describeValue(value)}`);
    return undefined;
  }

  #missing(name: string, member: z.core.$ZodType, path: Path): void {
    const isList = wholeMarkOf(member).tasks?.shape === 'list';
    this.error('required', [...path, name], isList ? 'must not be empty' : 'must not be null');
  }

  #unknown(
    name: string,
    shape: Record<string, unknown>,
    known: ReadonlySet<string> | undefined,
    typeName: string | undefined,
    path: Path,
  ): void {
    const nearest = suggest(name, [...Object.keys(shape), ...(known ?? [])]);
    const owner = typeName === undefined ? '' : ` (class ${typeName})`;
    const hint = nearest === undefined ? '' : `. Did you mean "${nearest}"?`;
    this.error('unknown-property', [...path, name], `Unrecognized field "${name}"${owner}${hint}`, {
      ...withSuggestion(nearest),
      atKey: true,
    });
  }
}

interface UnionDef {
  type: 'union';
  options: readonly z.core.$ZodType[];
  discriminator?: string;
}

const typeNames = new WeakMap<readonly ExtensionDefinition[], TypeNames<ExtensionDefinition>>();

function typeNamesOf(definitions: readonly ExtensionDefinition[]): TypeNames<ExtensionDefinition> {
  const names = typeNames.get(definitions) ?? new TypeNames(definitions);
  typeNames.set(definitions, names);
  return names;
}

function isOptional(schema: z.core.$ZodType): boolean {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'undefined':
      return true;
    default:
      return false;
  }
}

function unknownNames(value: JsonObject, schema: z.ZodObject): ReadonlySet<string> {
  return new Set(Object.keys(value).filter((name) => !Object.hasOwn(schema.shape, name)));
}

function isScalarValue(value: Json): boolean {
  return typeof value !== 'object' || value instanceof Decimal;
}

type Kind = 'map' | 'list' | 'boolean' | 'number' | 'text' | 'any';

function kindOf(schema: z.core.$ZodType): Kind {
  switch ((innermost(schema) as z.core.$ZodTypes)._zod.def.type) {
    case 'object':
    case 'record':
      return 'map';
    case 'array':
      return 'list';
    case 'boolean':
      return 'boolean';
    case 'number':
      return 'number';
    case 'string':
    case 'enum':
    case 'literal':
      return 'text';
    default:
      return 'any';
  }
}

function kindOfValue(value: Json): Kind {
  if (Array.isArray(value)) return 'list';
  if (isJsonObject(value)) return 'map';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'text' : 'number';
}

/** Scalars stand for each other where their text fits. */
function accepts(schema: z.core.$ZodType, value: Json): boolean {
  const kind = kindOf(schema);
  if (kind === 'any') return true;
  return isScalarValue(value) && kind !== 'map' && kind !== 'list';
}

function valuesOf(schema: z.core.$ZodType): string[] {
  const def = (innermost(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'literal') return def.values.map(String);
  return def.type === 'enum' ? Object.values(def.entries).map(String) : [];
}

function describe(schema: z.core.$ZodType): string {
  const kind = kindOf(schema);
  return kind === 'boolean' ? 'true or false' : `a ${kind}`;
}

function withSuggestion(suggestion: string | undefined): Partial<Finding> {
  return suggestion === undefined ? {} : { suggestion };
}
