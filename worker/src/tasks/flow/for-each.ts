import * as z from '../../zod.ts';
import { dynamic, dynamicValue, handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';
import { iterationValues } from './iteration-values.ts';

export const forEach = defineStructuralTask({
  type: 'core.flow.ForEach',
  title: 'Run tasks once for each value',
  description:
    'Each value becomes a text that the tasks read as `taskrun.value`; equal values run once. The tasks of one value run in sequence.',
  input: z.object({
    values: dynamicValue().describe('A list, or an expression that renders to the JSON of one.'),
    concurrencyLimit: dynamic(z.int().min(0)).default(1).describe('How many values at a time; 0 = all.'),
    tasks: taskList({ required: true }).describe('The tasks of one value.'),
    ...handlers,
  }),
  examples: [
    {
      title: 'Two values at a time',
      yaml: `values: ["a", "b", "c"]
concurrencyLimit: 2
tasks:
  - { id: show, type: core.log.Log, message: "{{ taskrun.value }}" }`,
    },
  ],
  plan: ({ values, concurrencyLimit }) => ({
    kind: 'iterate',
    list: 'tasks',
    values: iterationValues(values),
    limit: concurrencyLimit,
  }),
});
