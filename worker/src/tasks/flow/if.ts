import * as z from '../../zod.ts';
import { isTruthyText } from '../../expression/truth.ts';
import { dynamicText, handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const ifTask = defineStructuralTask({
  type: 'core.flow.If',
  aliases: ['io.kestra.core.tasks.flows.If'],
  title: 'Run tasks when a condition holds',
  description: 'The condition is rendered once. Empty, `false`, `0` and `-0` do not hold, everything else does.',
  input: z.object({
    condition: dynamicText().describe('What decides.'),
    then: taskList({ required: true }).describe('Tasks that run when the condition holds.'),
    else: taskList().describe('Tasks that run when it does not.'),
    ...handlers,
  }),
  output: z.object({ evaluationResult: z.boolean().describe('Whether the condition held.') }),
  examples: [
    {
      title: 'Choose a message',
      yaml: `condition: "{{ inputs.count > 0 }}"
then:
  - { id: some, type: core.log.Log, message: some }
else:
  - { id: none, type: core.log.Log, message: none }`,
    },
  ],
  plan({ condition }) {
    const evaluationResult = isTruthyText(condition);
    return {
      kind: 'run',
      list: evaluationResult ? 'then' : 'else',
      order: 'sequence',
      limit: 0,
      outputs: { evaluationResult },
    };
  },
});
