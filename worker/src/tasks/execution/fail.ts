import * as z from '../../zod.ts';
import { isTruthyText } from '../../expression/truth.ts';
import { dynamicText } from '../properties.ts';
import { defineInlineTask, TaskFailure } from '../task.ts';

export const failTask = defineInlineTask({
  type: 'core.execution.Fail',
  aliases: ['io.kestra.core.tasks.executions.Fail'],
  title: 'Fail on purpose',
  input: z.object({
    condition: dynamicText().optional().describe('Fail only when this is truthy; always when it is absent.'),
    errorMessage: dynamicText().default('Task failure').describe('What is logged.'),
  }),
  examples: [
    { title: 'Fail always', yaml: 'errorMessage: Not supported yet' },
    { title: 'Fail when a value is missing', yaml: 'condition: "{{ inputs.name == \'\' }}"' },
  ],
  run({ condition, errorMessage }) {
    if (condition === undefined || isTruthyText(condition)) throw new TaskFailure(errorMessage);
  },
});
