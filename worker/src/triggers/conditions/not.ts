import * as z from '../../zod.ts';
import { extension } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { conditionDefinitions } from './registry.ts';

export const not = defineCondition({
  type: 'core.condition.Not',
  title: 'None of several conditions holds',
  about: 'any',
  input: z.object({
    conditions: z
      .array(extension(() => conditionDefinitions))
      .min(1)
      .describe('The conditions.'),
  }),
  examples: [{ title: 'Not on weekends', yaml: 'conditions:\n  - { type: core.condition.Weekend }' }],
});
