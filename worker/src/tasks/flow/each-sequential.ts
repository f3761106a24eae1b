import * as z from '../../zod.ts';
import { dynamicValue, handlers, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';
import { iterationValues } from './iteration-values.ts';

export const eachSequential = defineStructuralTask({
  type: 'core.flow.EachSequential',
  aliases: ['io.kestra.core.tasks.flows.EachSequential'],
  title: 'Run tasks once for each value, one value after the other',
  deprecated: 'Use `core.flow.ForEach` instead of `core.flow.EachSequential`.',
  input: z.object({
    value: dynamicValue().describe('A list, or an expression that renders to the JSON of one.'),
    tasks: taskList({ required: true }).describe('The tasks of one value.'),
    ...handlers,
  }),
  examples: [
    {
      title: 'Three values',
      yaml: `value: ["a", "b", "c"]\ntasks:\n  - { id: show, type: core.log.Log, message: "{{ taskrun.value }}" }`,
    },
  ],
  plan: ({ value }) => ({ kind: 'iterate', list: 'tasks', values: iterationValues(value), limit: 1 }),
});
