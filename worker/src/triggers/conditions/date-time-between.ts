import * as z from '../../zod.ts';
import { dynamicText, withRules } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { date } from './date.ts';
import { hasBound } from './has-bound.ts';

export const dateTimeBetween = defineCondition({
  type: 'core.condition.DateTimeBetween',
  title: 'The date lies between two others',
  about: 'date',
  input: withRules(
    z.object({
      after: dynamicText().optional().describe('The date must be later than this.'),
      before: dynamicText().optional().describe('The date must be earlier than this.'),
      date,
    }),
    hasBound,
  ),
  examples: [{ title: 'In the year 2026', yaml: 'after: "2025-12-31T23:59:59Z"\nbefore: "2027-01-01T00:00:00Z"' }],
});
