import * as z from '../../zod.ts';
import { dynamic } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { date, DAYS_OF_WEEK } from './date.ts';

export const dayWeek = defineCondition({
  type: 'core.condition.DayWeek',
  title: 'The date is a certain day of the week',
  about: 'date',
  input: z.object({ dayOfWeek: dynamic(z.enum(DAYS_OF_WEEK)).describe('The day.'), date }),
  examples: [{ title: 'On Mondays', yaml: 'dayOfWeek: MONDAY' }],
});
