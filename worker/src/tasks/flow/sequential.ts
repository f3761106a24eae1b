import * as z from '../../zod.ts';
import { handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const sequential = defineStructuralTask({
  type: 'core.flow.Sequential',
  aliases: ['io.kestra.core.tasks.flows.Sequential'],
  title: 'Run tasks one after the other',
  description: 'Groups tasks: the first one that fails ends the group, and `errors` and `finally` of the group run.',
  input: z.object({ tasks: taskList({ required: true }).describe('The tasks, in order.'), ...handlers }),
  examples: [
    {
      title: 'Two tasks with their own error handler',
      yaml: `tasks:
  - { id: first, type: core.log.Log, message: one }
  - { id: second, type: core.log.Log, message: two }
errors:
  - { id: alert, type: core.log.Log, message: "{{ errorLogs() }}" }`,
    },
  ],
  plan: () => ({ kind: 'run', list: 'tasks', order: 'sequence', limit: 0 }),
});
