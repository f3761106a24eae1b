import * as z from '../../zod.ts';
import { handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const allowFailure = defineStructuralTask({
  type: 'core.flow.AllowFailure',
  aliases: ['io.kestra.core.tasks.flows.AllowFailure'],
  title: 'Run tasks whose failure is only a warning',
  input: z.object({ tasks: taskList({ required: true }).describe('The tasks, in order.'), ...handlers }),
  examples: [
    {
      title: 'Go on after a failure',
      yaml: `tasks:
  - { id: fragile, type: core.execution.Fail }`,
    },
  ],
  plan: () => ({ kind: 'run', list: 'tasks', order: 'sequence', limit: 0, soften: true }),
});
