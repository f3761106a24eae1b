import * as z from '../../zod.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicText, handlers, taskList, taskLists, withRules } from '../properties.ts';
import type { Problem } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const switchTask = defineStructuralTask({
  type: 'core.flow.Switch',
  aliases: ['io.kestra.core.tasks.flows.Switch'],
  title: 'Run the tasks of the case that equals a value',
  description: 'Values are compared as texts. Without an equal case and without `defaults` the task fails.',
  input: withRules(
    z.object({
      value: dynamicText().describe('What the cases are compared with.'),
      cases: taskLists().describe('Lists of tasks by the value they are for.'),
      defaults: taskList().describe('Tasks for every other value.'),
      ...handlers,
    }),
    hasTasks,
  ),
  output: z.object({
    value: z.string().describe('The rendered value.'),
    defaults: z.boolean().describe('True when no case was equal.'),
  }),
  examples: [
    {
      title: 'One list for each environment',
      yaml: `value: "{{ inputs.environment }}"
cases:
  production:
    - { id: deploy, type: core.log.Log, message: deploy }
defaults:
  - { id: preview, type: core.log.Log, message: preview }`,
    },
  ],
  plan({ value }, { lists, log }) {
    const list = `cases.${value}`;
    const isCase = lists.includes(list);
    const outputs = { value, defaults: !isCase };
    if (!isCase && !lists.includes('defaults')) {
      const message = `No task found in switch for the value '${value}'`;
      log('WARN', message);
      return { kind: 'settle', state: 'FAILED', outputs };
    }
    return { kind: 'run', list: isCase ? list : 'defaults', order: 'sequence', limit: 0, outputs };
  },
});

function hasTasks({ cases, defaults }: JsonObject): Problem[] {
  const hasCases = isJsonObject(cases) && Object.keys(cases).length > 0;
  const hasDefaults = Array.isArray(defaults) && defaults.length > 0;
  return hasCases || hasDefaults ? [] : [{ message: 'No task defined, neither cases or default have any tasks' }];
}
