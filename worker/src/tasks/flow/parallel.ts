import * as z from '../../zod.ts';
import { dynamic, handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const parallel = defineStructuralTask({
  type: 'core.flow.Parallel',
  aliases: ['io.kestra.core.tasks.flows.Parallel'],
  title: 'Run tasks at the same time',
  input: z.object({
    concurrent: dynamic(z.int().min(0)).default(0).describe('How many may run at a time; 0 = all.'),
    tasks: taskList({ required: true }).describe('The tasks.'),
    ...handlers,
  }),
  examples: [
    {
      title: 'At most two at a time',
      yaml: `concurrent: 2
tasks:
  - { id: a, type: core.log.Log, message: a }
  - { id: b, type: core.log.Log, message: b }
  - { id: c, type: core.log.Log, message: c }`,
    },
  ],
  plan: ({ concurrent }) => ({ kind: 'run', list: 'tasks', order: 'parallel', limit: concurrent }),
});
