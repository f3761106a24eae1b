import * as z from '../../zod.ts';
import { isTruthyText } from '../../expression/truth.ts';
import { dynamicText, dynamicTexts } from '../properties.ts';
import { defineInlineTask, TaskFailure } from '../task.ts';

export const assertTask = defineInlineTask({
  type: 'core.execution.Assert',
  title: 'Fail when a condition does not hold',
  input: z.object({
    conditions: dynamicTexts().describe('All of them must be truthy.'),
    errorMessage: dynamicText().optional().describe('What is logged when one is not.'),
  }),
  output: z.object({ failed: z.int().describe('How many do not hold.') }),
  examples: [
    {
      title: 'Two conditions',
      yaml: 'conditions:\n  - "{{ outputs.load.code == 200 }}"\n  - "{{ inputs.count > 0 }}"',
    },
  ],
  run({ conditions, errorMessage }, context) {
    const failed = conditions.filter((condition) => !isTruthyText(condition.trim())).length;
    context.metric({ name: 'failed', type: 'counter', value: failed, tags: {} });
    context.metric({ name: 'success', type: 'counter', value: conditions.length - failed, tags: {} });
    if (failed > 0) {
      throw new TaskFailure(errorMessage ?? `${failed} of ${conditions.length} conditions do not hold`, { failed });
    }
    return { failed };
  },
});
