import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicBoolean, dynamicMap } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const setVariables = defineInlineTask({
  type: 'core.execution.SetVariables',
  title: 'Change variables of the execution',
  input: z.object({
    variables: dynamicMap().describe('The variables; later tasks read them as `vars`.'),
    overwrite: dynamicBoolean().default(true).describe('Fail instead when one exists already.'),
  }),
  examples: [{ title: 'Remember a value', yaml: 'variables:\n  total: "{{ outputs.count.values.total }}"' }],
  run({ variables, overwrite }, context) {
    context.setVariables(variables as JsonObject, { overwrite });
  },
});
