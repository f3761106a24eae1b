import * as z from '../../zod.ts';
import { text } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const flowCondition = defineCondition({
  type: 'core.condition.FlowCondition',
  title: 'The flow of the trigger is a certain one',
  deprecated: 'Use `core.condition.ExecutionFlow` instead of `core.condition.FlowCondition`.',
  about: 'flow',
  input: z.object({ namespace: text().describe('Namespace of the flow.'), flowId: text().describe('Id of the flow.') }),
  examples: [{ title: 'One flow', yaml: 'namespace: company.team\nflowId: extract' }],
});
