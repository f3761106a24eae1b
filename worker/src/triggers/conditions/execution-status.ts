import * as z from '../../zod.ts';
import { STATES } from '../../protocol/states.ts';
import { defineCondition } from '../trigger.ts';

export const executionStatus = defineCondition({
  type: 'core.condition.ExecutionStatus',
  title: 'The execution is in one of certain states',
  about: 'execution',
  input: z.object({
    in: z.array(z.enum(STATES)).optional().describe('It must be in one of these.'),
    notIn: z.array(z.enum(STATES)).optional().describe('It must be in none of these.'),
  }),
  examples: [{ title: 'After a failure', yaml: 'in: [FAILED, WARNING]' }],
});
