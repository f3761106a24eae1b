import * as z from '../../zod.ts';
import { expressionText } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const expression = defineCondition({
  type: 'core.condition.Expression',
  aliases: ['io.kestra.core.models.conditions.types.VariableCondition', 'core.condition.VariableCondition'],
  title: 'An expression is truthy',
  about: 'any',
  input: z.object({ expression: expressionText().describe('The expression.') }),
  examples: [{ title: 'For one customer', yaml: 'expression: "{{ trigger.body.customer == \'acme\' }}"' }],
});
