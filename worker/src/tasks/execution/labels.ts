import * as z from '../../zod.ts';
import { labelMap } from '../label-map.ts';
import { dynamic, labels } from '../properties.ts';
import { defineInlineTask, TaskFailure } from '../task.ts';

export const labelsTask = defineInlineTask({
  type: 'core.execution.Labels',
  aliases: ['io.kestra.core.tasks.executions.Labels'],
  title: 'Add labels to the execution',
  input: z.object({
    labels: dynamic(labels()).describe(
      'Labels to add, or to replace: a list, a map, or an expression that gives the JSON of one.',
    ),
  }),
  examples: [{ title: 'One label', yaml: 'labels:\n  customer: "{{ inputs.customer }}"' }],
  run(input, context) {
    const map = labelMap(input.labels);
    const system = Object.keys(map).find((key) => key.startsWith('system.'));
    if (system !== undefined) {
      throw new TaskFailure(
        `System labels can only be set by Kestra itself, offending label: ${system}=${map[system]}`,
      );
    }
    context.setLabels(map);
  },
});
