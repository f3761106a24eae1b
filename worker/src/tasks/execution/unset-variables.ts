import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicTexts } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const unsetVariables = defineInlineTask({
  type: 'core.execution.UnsetVariables',
  title: 'Remove variables of the execution',
  input: z.object({
    variables: dynamicTexts().describe('Their names.'),
    ignoreMissing: dynamicBoolean().default(false).describe('Do not fail when one does not exist.'),
  }),
  examples: [{ title: 'Forget a value', yaml: 'variables:\n  - total\nignoreMissing: true' }],
  run({ variables, ignoreMissing }, context) {
    context.setVariables(Object.fromEntries(variables.map((name) => [name, null])), { ignoreMissing });
  },
});
