import * as z from '../../zod.ts';
import { deprecated, text } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const executionNamespace = defineCondition({
  type: 'core.condition.ExecutionNamespace',
  title: 'The execution is one of a certain namespace',
  about: 'execution',
  input: z.object({
    namespace: text().describe('The namespace.'),
    comparison: z
      .enum(['EQUALS', 'PREFIX', 'SUFFIX'])
      .optional()
      .describe('How they are compared; EQUALS when absent.'),
    prefix: deprecated(z.boolean(), 'Use `comparison: PREFIX` instead of `prefix`.').optional(),
  }),
  examples: [{ title: 'A namespace and those below it', yaml: 'namespace: company\ncomparison: PREFIX' }],
});
