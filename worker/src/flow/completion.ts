/** What an editor offers while a flow is written. */
import type * as z from '../zod.ts';
import type { ExtensionDefinition } from '../tasks/extension.ts';
import { innermost, wholeMarkOf } from '../tasks/properties.ts';
import { taskDefinitions } from '../tasks/registry.ts';
import { conditionDefinitions, triggerDefinitions } from '../triggers/registry.ts';
import { INPUT_TYPES } from './flow.ts';
import { INPUT_SHAPES, InputBase } from './input-schema.ts';
import { FlowSource, TaskBase, TriggerBase } from './schema.ts';

export interface Completion {
  label: string;
  detail: string;
  deprecated?: boolean;
  /** Values that may follow, where they are few. */
  values?: string[];
}

export type Place = 'flow' | 'task' | 'trigger' | 'condition' | 'input';

const DEFINITIONS = { task: taskDefinitions, trigger: triggerDefinitions, condition: conditionDefinitions };
const BASES = { task: TaskBase, trigger: TriggerBase, condition: undefined };

/** The types that may stand at a place. */
export function typeCompletions(place: Exclude<Place, 'flow'>): Completion[] {
  if (place === 'input') return INPUT_TYPES.map((type) => ({ label: type, detail: 'input' }));
  return DEFINITIONS[place].map(({ type, title, deprecated }) => ({
    label: type,
    detail: title,
    ...(deprecated !== undefined && { deprecated: true }),
  }));
}

/** The properties of a map: of the flow, or of something whose type is written already. */
export function propertyCompletions(place: Place, type?: string): Completion[] {
  if (place === 'flow') return fromShape(FlowSource);
  if (place === 'input') {
    const shape =
      type !== undefined && Object.hasOwn(INPUT_SHAPES, type)
        ? INPUT_SHAPES[type as keyof typeof INPUT_SHAPES]
        : undefined;
    return [...fromShape(InputBase), ...fromShape(shape)];
  }
  const definitions: readonly ExtensionDefinition[] = DEFINITIONS[place];
  return [...fromShape(BASES[place]), ...fromShape(definitions.find((definition) => definition.type === type)?.input)];
}

function fromShape(schema: z.ZodObject | undefined): Completion[] {
  return Object.entries(schema?.shape ?? {}).map(([label, member]) => {
    const values = valuesOf(member as z.core.$ZodType);
    return {
      label,
      detail: (member as z.ZodType).description ?? '',
      ...(wholeMarkOf(member as z.core.$ZodType).deprecated !== undefined && { deprecated: true }),
      ...(values.length > 0 && { values }),
    };
  });
}

function valuesOf(schema: z.core.$ZodType): string[] {
  const def = (innermost(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'enum') return Object.values(def.entries).map(String);
  if (def.type === 'literal') return def.values.map(String);
  return def.type === 'boolean' ? ['true', 'false'] : [];
}
