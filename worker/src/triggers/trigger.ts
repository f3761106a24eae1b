/** A trigger or condition type is data: `schedule/` and the objects decide when it fires. */
import type * as z from '../zod.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ExtensionDefinition } from '../tasks/extension.ts';

/** How a trigger comes to fire: by the clock, by looking, by a message, by a call, by another execution, or by a model's tool call. */
export const TRIGGER_KINDS = ['schedule', 'polling', 'realtime', 'webhook', 'flow', 'tool'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

export interface TriggerDefinition extends ExtensionDefinition {
  kind: TriggerKind;
  /** What an execution reads as `trigger.*`. */
  output: z.ZodObject;
  /** Something that is allowed but hardly meant, seen on the trigger's source. */
  warn?(source: JsonObject): string | undefined;
}

export interface ConditionDefinition extends ExtensionDefinition {
  /** What it looks at: a date, an execution, the flow of the trigger, or whatever its parts look at. */
  about: 'date' | 'execution' | 'flow' | 'any';
}

export function defineTrigger(definition: TriggerDefinition): TriggerDefinition {
  return definition;
}

/** A condition is also known by its name with the suffix `Condition`, here and where conditions lived before. */
export function defineCondition(definition: ConditionDefinition): ConditionDefinition {
  const { type, aliases = [] } = definition;
  const name = type.slice(type.lastIndexOf('.') + 1);
  const former = name.endsWith('Condition') ? name : `${name}Condition`;
  const suffixed = former === name ? [] : [`core.condition.${former}`];
  return { ...definition, aliases: [...suffixed, `io.kestra.core.models.conditions.types.${former}`, ...aliases] };
}
