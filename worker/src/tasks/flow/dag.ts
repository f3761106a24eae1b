import * as z from '../../zod.ts';
import { dagTasks, dynamic, handlers } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const dag = defineStructuralTask({
  type: 'core.flow.Dag',
  aliases: ['io.kestra.core.tasks.flows.Dag'],
  title: 'Run tasks in the order of their dependencies',
  description: 'A task starts when every task it depends on has ended.',
  input: z.object({
    concurrent: dynamic(z.int().min(0)).default(0).describe('How many may run at a time; 0 = all.'),
    tasks: dagTasks().describe('Maps with a `task` and the ids it depends on.'),
    ...handlers,
  }),
  examples: [
    {
      title: 'Load after two extractions',
      yaml: `tasks:
  - task: { id: customers, type: core.log.Log, message: customers }
  - task: { id: orders, type: core.log.Log, message: orders }
  - task: { id: load, type: core.log.Log, message: load }
    dependsOn: [customers, orders]`,
    },
  ],
  plan: ({ concurrent }) => ({ kind: 'run', list: 'tasks', order: 'dag', limit: concurrent }),
});
