/** JSON Schema of a type's properties, as a source may write them: expressions wherever they are accepted. */
import { toJSONSchema } from 'zod/v4/core';
import type * as z from '../zod.ts';
import { innermost, markOf, wholeMarkOf } from './properties.ts';

export type JsonSchema = Record<string, unknown>;

/** What the parts that this folder does not know are called in the whole schema. */
export const TASK_REF = '#/definitions/Task';
export const INPUT_REF = '#/definitions/Input';

export function propertySchema(input: z.ZodObject): JsonSchema {
  const { $schema: _dialect, ...schema } = toJSONSchema(input, {
    target: 'draft-7',
    io: 'output',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => adjust(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema;
  return schema;
}

function adjust(schema: z.core.$ZodType, json: JsonSchema): void {
  const mark = markOf(schema);
  if (mark?.tasks !== undefined) Object.assign(json, TASK_SHAPES[mark.tasks.shape]);
  if (mark?.inputs === true) replace(json, { type: 'array', items: { $ref: INPUT_REF } });
  if (mark?.extensions !== undefined) {
    replace(json, {
      anyOf: mark.extensions().map(({ type }) => ({ type: 'object', properties: { type: typeNames(type) } })),
    });
  }
  if (mark?.deprecated !== undefined) json.deprecated = true;
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'object') json.required = requiredNames(def.shape);
  if (mark?.dynamic === true && !isText(innermost(schema))) {
    const { description, ...own } = json;
    replace(json, {
      anyOf: [own, { type: 'string', description: 'An expression.' }],
      ...(description === undefined ? {} : { description }),
    });
  }
}

const TASK_LIST: JsonSchema = { type: 'array', items: { $ref: TASK_REF }, minItems: 1 };

const TASK_SHAPES: Record<'list' | 'lists' | 'dag', JsonSchema> = {
  list: TASK_LIST,
  lists: { type: 'object', additionalProperties: TASK_LIST },
  dag: {
    type: 'array',
    items: {
      type: 'object',
      properties: { task: { $ref: TASK_REF }, dependsOn: { type: 'array', items: { type: 'string' } } },
      required: ['task'],
      additionalProperties: false,
    },
  },
};

/** A property with a default is optional in a source. */
function requiredNames(shape: Readonly<Record<string, z.core.$ZodType>>): string[] {
  return Object.entries(shape)
    .filter(([, member]) => wholeMarkOf(member).tasks?.required ?? !OPTIONAL.has(member._zod.def.type))
    .map(([name]) => name);
}

const OPTIONAL: ReadonlySet<string> = new Set(['optional', 'default', 'prefault', 'nullable', 'undefined']);

function isText(schema: z.core.$ZodType): boolean {
  return schema._zod.def.type === 'string';
}

function replace(json: JsonSchema, by: JsonSchema): void {
  const { description } = json;
  for (const name of Object.keys(json)) delete json[name];
  Object.assign(json, description === undefined ? {} : { description }, by);
}

/** A type may be written short, in full, or by a former name. */
export function typeNames(type: string, aliases: readonly string[] = []): JsonSchema {
  const long = `io.kestra.plugin.${type}`;
  return { enum: [...new Set([type, long, ...aliases])] };
}
