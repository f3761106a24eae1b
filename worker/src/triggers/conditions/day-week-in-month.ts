import * as z from '../../zod.ts';
import { dynamic } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { date, DAYS_OF_WEEK } from './date.ts';

export const dayWeekInMonth = defineCondition({
  type: 'core.condition.DayWeekInMonth',
  title: 'The date is a certain day of the week, counted in its month',
  about: 'date',
  input: z.object({
    dayOfWeek: dynamic(z.enum(DAYS_OF_WEEK)).describe('The day.'),
    dayInMonth: dynamic(z.enum(['FIRST', 'SECOND', 'THIRD', 'FOURTH', 'LAST'])).describe('Which one of the month.'),
    date,
  }),
  examples: [{ title: 'On the first Monday', yaml: 'dayOfWeek: MONDAY\ndayInMonth: FIRST' }],
});
