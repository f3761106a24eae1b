import * as z from '../../zod.ts';
import { STATES } from '../../protocol/states.ts';
import { defineCondition } from '../trigger.ts';

export const hasRetryAttempt = defineCondition({
  type: 'core.condition.HasRetryAttempt',
  title: 'A task of the execution had an attempt in certain states',
  about: 'execution',
  input: z.object({
    in: z.array(z.enum(STATES)).optional().describe('Some attempt must be in one of these.'),
    notIn: z.array(z.enum(STATES)).optional().describe('Some attempt must be in none of these.'),
  }),
  examples: [{ title: 'Something was tried again', yaml: 'in: [FAILED]' }],
});
