/** JSON Schema of a flow's source, for editors and for whoever writes flows by program. */
import * as z from '../zod.ts';
import type { ExtensionDefinition } from '../tasks/extension.ts';
import { INPUT_REF, propertySchema, TASK_REF, typeNames } from '../tasks/property-schema.ts';
import type { JsonSchema } from '../tasks/property-schema.ts';
import { taskDefinitions } from '../tasks/registry.ts';
import { conditionDefinitions, triggerDefinitions } from '../triggers/registry.ts';
import { INPUT_TYPES } from './flow.ts';
import { INPUT_SHAPES, InputBase } from './input-schema.ts';
import { FlowSource, TaskBase, TriggerBase } from './schema.ts';

const TASKS: JsonSchema = { type: 'array', items: { $ref: TASK_REF } };

let flowSchema: JsonSchema | undefined;

/** Made once: the registry does not change while the program runs. */
export function flowJsonSchema(): JsonSchema {
  flowSchema ??= shared({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $ref: '#/definitions/Flow',
    definitions: {
      Flow: flowDefinition(),
      Task: anyOfTypes(taskDefinitions, TaskBase),
      Trigger: anyOfTypes(triggerDefinitions, TriggerBase, {
        conditions: { type: 'array', items: { $ref: '#/definitions/Condition' } },
      }),
      Condition: anyOfTypes(conditionDefinitions, z.object({})),
      Input: { anyOf: INPUT_TYPES.map(inputDefinition) },
    },
  });
  return flowSchema;
}

export function taskJsonSchema(): JsonSchema {
  return { ...flowJsonSchema(), $ref: TASK_REF };
}

export function triggerJsonSchema(): JsonSchema {
  return { ...flowJsonSchema(), $ref: '#/definitions/Trigger' };
}

function flowDefinition(): JsonSchema {
  const schema = propertySchema(FlowSource.omit({ tenantId: true, updated: true, source: true, deleted: true }));
  const properties = schema.properties as Record<string, JsonSchema>;
  return {
    ...schema,
    properties: {
      ...properties,
      inputs: { type: 'array', items: { $ref: INPUT_REF }, description: 'What an execution is started with.' },
      tasks: { ...TASKS, minItems: 1, description: 'What an execution does, in order.' },
      errors: { ...TASKS, description: 'Tasks that run, one after the other, when a task has failed.' },
      finally: { ...TASKS, description: 'Tasks that run last, whatever the outcome.' },
      afterExecution: { ...TASKS, description: 'Tasks that run when the state of the execution is known.' },
      triggers: { type: 'array', items: { $ref: '#/definitions/Trigger' }, description: 'What starts executions.' },
    },
    required: ['id', 'namespace', 'tasks'],
  };
}

function anyOfTypes(
  definitions: readonly ExtensionDefinition[],
  base: z.ZodObject,
  more: Record<string, JsonSchema> = {},
): JsonSchema {
  const shared = propertySchema(base);
  return {
    anyOf: definitions.map(({ type, aliases, title, description, deprecated, input }) => {
      const own = propertySchema(input);
      return {
        type: 'object',
        title: type,
        description: [title, description].filter((text) => text !== undefined).join('. '),
        ...(deprecated === undefined ? {} : { deprecated: true }),
        properties: { ...membersOf(shared), ...more, ...membersOf(own), type: typeNames(type, aliases) },
        required: [...new Set([...requiredOf(shared), ...requiredOf(own), 'type'])],
        additionalProperties: false,
      };
    }),
  };
}

function inputDefinition(type: (typeof INPUT_TYPES)[number]): JsonSchema {
  const base = propertySchema(InputBase);
  const own = propertySchema(INPUT_SHAPES[type]);
  return {
    type: 'object',
    title: type,
    properties: { ...membersOf(base), ...membersOf(own), type: { const: type } },
    required: ['id', 'type', ...requiredOf(own)],
    additionalProperties: false,
  };
}

function membersOf(schema: JsonSchema): Record<string, JsonSchema> {
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

function requiredOf(schema: JsonSchema): string[] {
  return Array.isArray(schema.required) ? schema.required.map(String) : [];
}

/** Properties that many types have are written once: it makes the schema ten times smaller. */
function shared(schema: JsonSchema & { definitions: JsonSchema }): JsonSchema {
  const counts = new Map<string, number>();
  visitProperties(schema, (text, property) => {
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return property;
  });
  const names = new Map<string, string>();
  const definitions: JsonSchema = {};
  const rest = visitProperties(schema, (text, property) => {
    if (text.length < SHARED_LENGTH_MIN || (counts.get(text) ?? 0) < 2) return property;
    const name = names.get(text) ?? `shared${names.size + 1}`;
    names.set(text, name);
    definitions[name] = property;
    return { $ref: `#/definitions/${name}` };
  }) as typeof schema;
  return { ...rest, definitions: { ...rest.definitions, ...definitions } };
}

/** A shorter property is no longer than its reference. */
const SHARED_LENGTH_MIN = 60;

/** A copy in which each property of each map is what `change` makes of it. */
function visitProperties(value: unknown, change: (text: string, property: JsonSchema) => JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((item) => visitProperties(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const copy: JsonSchema = {};
  for (const [name, member] of Object.entries(value)) {
    copy[name] =
      name === 'properties' && typeof member === 'object' && member !== null
        ? Object.fromEntries(
            Object.entries(member).map(([key, property]) => [
              key,
              change(JSON.stringify(property), property as JsonSchema),
            ]),
          )
        : visitProperties(member, change);
  }
  return copy;
}
