import * as z from '../../zod.ts';
import { dynamicMap, dynamicText } from '../properties.ts';
import { notAvailableYet } from '../not-available-yet.ts';
import { defineStructuralTask } from '../task.ts';

export const template = defineStructuralTask({
  type: 'core.flow.Template',
  aliases: ['io.kestra.core.tasks.flows.Template'],
  title: 'Run the tasks of a template',
  deprecated: 'Use `core.flow.Subflow` instead of `core.flow.Template`.',
  input: z.object({
    namespace: dynamicText().describe('Namespace of the template.'),
    templateId: dynamicText().describe('Id of the template.'),
    args: dynamicMap().optional().describe('Values for it.'),
  }),
  examples: [
    { title: 'A template with a value', yaml: 'namespace: company.team\ntemplateId: notify\nargs: { who: ops }' },
  ],
  plan: () => notAvailableYet('core.flow.Template'),
});
