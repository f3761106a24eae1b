import * as z from '../../zod.ts';
import { dynamicText } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';
import { date } from './date.ts';

export const publicHoliday = defineCondition({
  type: 'core.condition.PublicHoliday',
  title: 'The date is a public holiday',
  about: 'date',
  input: z.object({
    country: dynamicText().optional().describe('ISO code of the country.'),
    subDivision: dynamicText().optional().describe('ISO code of a part of it.'),
    date,
  }),
  examples: [{ title: 'In France', yaml: 'country: FR' }],
});
