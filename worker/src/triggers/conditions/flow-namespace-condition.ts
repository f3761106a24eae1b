import * as z from '../../zod.ts';
import { text } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const flowNamespaceCondition = defineCondition({
  type: 'core.condition.FlowNamespaceCondition',
  title: 'The flow of the trigger is in a certain namespace',
  deprecated: 'Use `core.condition.ExecutionNamespace` instead of `core.condition.FlowNamespaceCondition`.',
  about: 'flow',
  input: z.object({
    namespace: text().describe('The namespace.'),
    prefix: z.boolean().optional().describe('Those below it count too.'),
  }),
  examples: [{ title: 'A namespace and those below it', yaml: 'namespace: company\nprefix: true' }],
});
