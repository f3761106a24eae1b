import * as z from '../../zod.ts';
import { extension } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { conditionDefinitions } from './registry.ts';

export const or = defineCondition({
  type: 'core.condition.Or',
  title: 'At least one of several conditions holds',
  about: 'any',
  input: z.object({
    conditions: z
      .array(extension(() => conditionDefinitions))
      .min(1)
      .describe('The conditions.'),
  }),
  examples: [
    {
      title: 'On Mondays and Thursdays',
      yaml: 'conditions:\n  - { type: core.condition.DayWeek, dayOfWeek: MONDAY }\n  - { type: core.condition.DayWeek, dayOfWeek: THURSDAY }',
    },
  ],
});
