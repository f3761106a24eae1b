import * as z from '../../zod.ts';
import { text } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const executionFlow = defineCondition({
  type: 'core.condition.ExecutionFlow',
  title: 'The execution is one of a certain flow',
  about: 'execution',
  input: z.object({ namespace: text().describe('Namespace of the flow.'), flowId: text().describe('Id of the flow.') }),
  examples: [{ title: 'One flow', yaml: 'namespace: company.team\nflowId: extract' }],
});
