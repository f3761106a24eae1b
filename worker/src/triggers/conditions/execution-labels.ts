import * as z from '../../zod.ts';
import { labels } from '../../tasks/properties.ts';
import { defineCondition } from '../trigger.ts';

export const executionLabels = defineCondition({
  type: 'core.condition.ExecutionLabels',
  title: 'The execution has certain labels',
  about: 'execution',
  input: z.object({ labels: labels().describe('All of them must be there, with the same values.') }),
  examples: [{ title: 'A label', yaml: 'labels: { team: data }' }],
});
