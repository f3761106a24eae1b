/** A task's unrendered properties -> the input its function gets. What depends on the type alone is found out once. */
import type * as z from '../zod.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { MaybePromise } from '../expression/index.ts';
import { explain } from './explain.ts';
import { innermost, isExpression, wholeMarkOf } from './properties.ts';

export interface InputFault {
  /** For the user: which property, and why. */
  message: string;
}

/** Renders every text of a value, at any depth. */
export type RenderValue = (value: JsonObject) => MaybePromise<Result<Json, InputFault>>;

/** Renders the dynamic properties and converts all to what the type wants. Synchronous unless `render` had to wait. */
export function readInput<I extends z.ZodObject>(
  definition: { readonly input: I },
  properties: JsonObject,
  render: RenderValue,
): MaybePromise<Result<z.output<I>, InputFault>> {
  const texts = expressionsOf(definition.input, properties);
  if (texts === undefined) return parse(definition.input, properties);
  const rendered = render(texts);
  return rendered instanceof Promise
    ? rendered.then((result) => finish(definition.input, properties, result))
    : finish(definition.input, properties, rendered);
}

function finish<I extends z.ZodObject>(
  input: I,
  properties: JsonObject,
  rendered: Result<Json, InputFault>,
): Result<z.output<I>, InputFault> {
  if (!rendered.ok) return rendered;
  return parse(input, isJsonObject(rendered.value) ? { ...properties, ...rendered.value } : properties);
}

function parse<I extends z.ZodObject>(input: I, properties: JsonObject): Result<z.output<I>, InputFault> {
  const parsed = input.safeParse(properties);
  if (parsed.success) return ok(parsed.data);
  const faults = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String);
    return `${path.join('.')}: ${explain(issue, valueAt(properties, path)).message}`;
  });
  return fail({ message: `Invalid properties after rendering: ${faults.join('; ')}` });
}

function valueAt(value: Json, path: readonly string[]): Json {
  let at: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isJsonObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return null;
  }
  return at ?? null;
}

/** The dynamic properties that hold an expression, or undefined when there is none. */
function expressionsOf(input: z.ZodObject, properties: JsonObject): JsonObject | undefined {
  let texts: JsonObject | undefined;
  for (const name of dynamicNames(input)) {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (value === undefined || !holdsExpression(value)) continue;
    texts ??= {};
    texts[name] = value;
  }
  return texts;
}

const namesOfInputs = new WeakMap<z.ZodObject, readonly string[]>();

function dynamicNames(input: z.ZodObject): readonly string[] {
  const known = namesOfInputs.get(input);
  if (known !== undefined) return known;
  const names = Object.entries(input.shape).filter(([, member]) => isDynamic(member as z.core.$ZodType));
  const fresh = names.map(([name]) => name);
  namesOfInputs.set(input, fresh);
  return fresh;
}

/** True when the schema, or one inside it, may hold an expression: then the whole property is rendered. */
function isDynamic(schema: z.core.$ZodType): boolean {
  if (wholeMarkOf(schema).dynamic === true) return true;
  const def = (innermost(schema) as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'array':
      return isDynamic(def.element);
    case 'record':
      return isDynamic(def.valueType);
    case 'object':
      return Object.values(def.shape).some(isDynamic);
    case 'union':
      return def.options.some(isDynamic);
    default:
      return false;
  }
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return isExpression(value);
  if (Array.isArray(value)) return value.some(holdsExpression);
  if (!isJsonObject(value)) return false;
  for (const key in value) if (isExpression(key) || holdsExpression(value[key] ?? null)) return true;
  return false;
}
