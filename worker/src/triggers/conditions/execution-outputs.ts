import * as z from '../../zod.ts';
import { expressionText } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const executionOutputs = defineCondition({
  type: 'core.condition.ExecutionOutputs',
  title: 'An expression on the outputs of the execution is truthy',
  about: 'execution',
  input: z.object({ expression: expressionText().describe('The expression; it reads `trigger.outputs`.') }),
  examples: [{ title: 'A count above ten', yaml: 'expression: "{{ trigger.outputs.count > 10 }}"' }],
});
