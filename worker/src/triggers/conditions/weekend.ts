import * as z from '../../zod.ts';
import { defineCondition } from '../trigger.ts';
import { date } from './date.ts';

export const weekend = defineCondition({
  type: 'core.condition.Weekend',
  title: 'The date is a Saturday or a Sunday',
  about: 'date',
  input: z.object({ date }),
  examples: [{ title: 'On weekends', yaml: 'date: "{{ trigger.date }}"' }],
});
