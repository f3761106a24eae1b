import * as z from '../../zod.ts';
import { dynamicText, withRules } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { date } from './date.ts';
import { hasBound } from './has-bound.ts';

export const timeBetween = defineCondition({
  type: 'core.condition.TimeBetween',
  title: 'The time of day lies between two others',
  about: 'date',
  input: withRules(
    z.object({
      after: dynamicText().optional().describe('The time must be later than this; with its offset.'),
      before: dynamicText().optional().describe('The time must be earlier than this; with its offset.'),
      date,
    }),
    hasBound,
  ),
  examples: [{ title: 'In working hours', yaml: 'after: "08:00:00+02:00"\nbefore: "17:00:00+02:00"' }],
});
