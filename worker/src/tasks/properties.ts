/** The vocabulary in which task, trigger and condition types describe their properties. A description is a zod schema of the
 *  rendered value; marks beside it say what the schema alone cannot: that a text may hold an expression, that a list holds
 *  child tasks, that a map is a plugin of its own with a `type`. `flow/checker.ts` reads both when a source is checked. */
import * as z from '../zod.ts';
import { parseDuration } from '../protocol/duration.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ExtensionDefinition } from './extension.ts';

export interface Mark {
  /** A text with an expression is accepted in a source, and rendered for each attempt. */
  dynamic?: true;
  /** Child tasks: a list, a map of lists, or the `{task, dependsOn}` list of a Dag. They are no part of the rendered input. */
  tasks?: { shape: 'list' | 'lists' | 'dag'; required: boolean };
  /** Definitions of inputs, as a flow has them. */
  inputs?: true;
  /** Labels: a list of `{key, value}` or a map. */
  labels?: true;
  /** A map whose `type` names one of these. */
  extensions?: () => readonly ExtensionDefinition[];
  /** Rules between the members of a map, checked on its source. */
  rules?: (source: JsonObject) => Problem[];
  /** Why not to use it any more, and what to use instead. */
  deprecated?: string;
}

/** A broken rule: what the author reads, and where (from the map the rule stands on). */
export interface Problem {
  message: string;
  path?: (string | number)[];
}

const marks = new WeakMap<object, Mark>();

/** The mark of a schema, also after `.describe()`, `.min()` and the like, which make copies. */
export function markOf(schema: z.core.$ZodType): Mark | undefined {
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
    const mark = marks.get(at);
    if (mark !== undefined) return mark;
  }
  return undefined;
}

const wholeMarks = new WeakMap<object, Mark>();

/** The marks of a schema and of those it only wraps (optional, default, conversion), the outer ones first. */
export function wholeMarkOf(schema: z.core.$ZodType): Mark {
  const known = wholeMarks.get(schema);
  if (known !== undefined) return known;
  const inner = wrapped(schema);
  const mark = { ...(inner === undefined ? {} : wholeMarkOf(inner)), ...markOf(schema) };
  wholeMarks.set(schema, mark);
  return mark;
}

function marked<S extends z.ZodType>(schema: S, mark: Mark): S {
  marks.set(schema, { ...markOf(schema), ...mark });
  return schema;
}

/** True for a text that the expression engine would change. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && (value.includes('{{') || value.includes('{%') || value.includes('{#'));
}

/** The property may be an expression; its rendered text is converted to what `schema` wants. */
export function dynamic<S extends z.ZodType>(schema: S): z.ZodPreprocess<S> {
  return marked(z.preprocess(converterTo(schema), schema), { ...markOf(schema), dynamic: true });
}

/** A text; numbers and booleans are taken as they were written. */
export function text(): z.ZodPreprocess<z.ZodString> {
  return z.preprocess(toText, z.string());
}

export function dynamicText(): z.ZodPreprocess<z.ZodString> {
  return dynamic(z.string());
}

export function dynamicBoolean(): z.ZodPreprocess<z.ZodBoolean> {
  return dynamic(z.boolean());
}

export function dynamicInteger(): z.ZodPreprocess<z.ZodInt> {
  return dynamic(z.int());
}

/** A list or a map of texts, or one expression that renders to its JSON. */
export function dynamicTexts(): z.ZodPreprocess<z.ZodArray<z.ZodPreprocess<z.ZodString>>> {
  return dynamic(z.array(text()));
}

export function dynamicTextMap(): z.ZodPreprocess<z.ZodRecord<z.ZodString, z.ZodPreprocess<z.ZodString>>> {
  return dynamic(z.record(z.string(), text()));
}

/** Any value; texts at any depth may be expressions. */
export function dynamicValue(): z.ZodPreprocess<z.ZodUnknown> {
  return dynamic(z.unknown());
}

export function dynamicMap(): z.ZodPreprocess<z.ZodRecord<z.ZodString, z.ZodUnknown>> {
  return dynamic(z.record(z.string(), z.unknown()));
}

/** The source of an expression, kept as it is: it is rendered later and elsewhere, often many times. */
export function expressionText(): z.ZodPreprocess<z.ZodString> {
  return text();
}

/** An ISO-8601 duration; a number means seconds. */
export function durationText() {
  return z.preprocess(
    (value) => (typeof value === 'number' ? `PT${value}S` : value),
    z.string().refine((value) => parseDuration(value) !== undefined, {
      error: (issue) => `Invalid duration: ${String(issue.input)}. Write it as ISO-8601, like PT30S or P1D.`,
    }),
  );
}

export function dynamicDuration() {
  return marked(durationText(), { dynamic: true });
}

/** The milliseconds of a duration that its schema has accepted. */
export function milliseconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}

/** Child tasks run in sequence. */
export function taskList({ required = false } = {}) {
  return marked(z.undefined().optional(), { tasks: { shape: 'list', required } });
}

/** Lists of child tasks by name. */
export function taskLists({ required = false } = {}) {
  return marked(z.undefined().optional(), { tasks: { shape: 'lists', required } });
}

/** The `{task, dependsOn}` list of a Dag. */
export function dagTasks() {
  return marked(z.undefined().optional(), { tasks: { shape: 'dag', required: true } });
}

/** What every structural task accepts beside its own lists. */
export const handlers = {
  errors: taskList().describe('Tasks that run, one after the other, when a child has failed.'),
  finally: taskList().describe('Tasks that run last, whatever the outcome.'),
};

export function inputDefinitions() {
  return marked(z.array(z.record(z.string(), z.unknown())), { inputs: true });
}

export function labels() {
  return marked(z.union([z.array(z.record(z.string(), z.unknown())), z.record(z.string(), z.unknown())]), {
    labels: true,
  });
}

/** A map whose `type` names one of the definitions; `types` is a function because definitions may hold each other. */
export function extension(types: () => readonly ExtensionDefinition[]) {
  return marked(z.looseObject({ type: z.string() }), { extensions: types });
}

export function deprecated<S extends z.ZodType>(schema: S, reason: string): S {
  return marked(schema, { deprecated: reason });
}

/** Rules between the members of a map: they see its source, where everything may still be an expression. */
export function withRules<S extends z.ZodType>(schema: S, rules: (source: JsonObject) => Problem[]): S {
  return marked(schema, { rules });
}

/** The schema of the value itself, without what says only whether and how it is present. */
export function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = wrapped(schema);
  return inner === undefined ? schema : innermost(inner);
}

function wrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return def.innerType;
    case 'pipe':
      return def.out;
    case 'lazy':
      return def.getter();
    default:
      return undefined;
  }
}

/** How a rendered text becomes what the schema wants; anything else is left for the schema to judge. */
function converterTo(schema: z.ZodType): (value: unknown) => unknown {
  switch ((innermost(schema) as z.core.$ZodTypes)._zod.def.type) {
    case 'string':
    case 'enum':
    case 'literal':
      return toText;
    case 'number':
      return (value) => {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        return typeof number === 'bigint' ? Number(number) : number;
      };
    case 'boolean':
      return (value) => {
        const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
        return word === 'true' ? true : word === 'false' ? false : value;
      };
    case 'array':
    case 'record':
    case 'object':
      return fromJson;
    case 'union':
      // A text that is welcome as a text is not searched for JSON.
      return takesText(schema) ? (value) => value : fromJson;
    default:
      return (value) => value;
  }
}

function takesText(schema: z.ZodType): boolean {
  const def = (innermost(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'union') return def.options.some((option) => takesText(option as z.ZodType));
  return def.type === 'string';
}

function toText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? stringifyJson(value) : value;
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}
