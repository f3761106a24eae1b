import * as z from '../../zod.ts';
import { dynamic, dynamicValue, handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';
import { iterationValues } from './iteration-values.ts';

export const eachParallel = defineStructuralTask({
  type: 'core.flow.EachParallel',
  aliases: ['io.kestra.core.tasks.flows.EachParallel'],
  title: 'Run tasks once for each value, the values at the same time',
  deprecated: 'Use `core.flow.ForEach` with `concurrencyLimit: 0` instead of `core.flow.EachParallel`.',
  input: z.object({
    value: dynamicValue().describe('A list, or an expression that renders to the JSON of one.'),
    concurrent: dynamic(z.int().min(0)).default(0).describe('How many values at a time; 0 = all.'),
    tasks: taskList({ required: true }).describe('The tasks of one value, run in sequence.'),
    ...handlers,
  }),
  examples: [
    {
      title: 'Three values',
      yaml: `value: ["a", "b", "c"]\ntasks:\n  - { id: show, type: core.log.Log, message: "{{ taskrun.value }}" }`,
    },
  ],
  plan: ({ value, concurrent }) => ({
    kind: 'iterate',
    list: 'tasks',
    values: iterationValues(value),
    limit: concurrent,
  }),
});
