import * as z from '../../zod.ts';
import { dynamicText } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const templatedTask = defineStructuralTask({
  type: 'core.templating.TemplatedTask',
  aliases: ['io.kestra.core.tasks.templating.TemplatedTask'],
  title: 'Run a task that is made by an expression',
  input: z.object({ spec: dynamicText().describe('The task as YAML; it must be a runnable one.') }),
  examples: [{ title: 'The type is an input', yaml: 'spec: |\n  type: {{ inputs.type }}\n  message: hello' }],
  runnable: true,
  plan: ({ spec }) => ({ kind: 'become', spec }),
});
