import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicMap } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const outputValues = defineInlineTask({
  type: 'core.output.OutputValues',
  title: 'Return named values as outputs',
  input: z.object({ values: dynamicMap().describe('The values; texts at any depth may be expressions.') }),
  output: z.object({ values: z.record(z.string(), z.unknown()).describe('The rendered values.') }),
  examples: [{ title: 'Two values', yaml: 'values:\n  greeting: "Hello {{ inputs.name }}"\n  attempts: 3' }],
  run({ values }) {
    return { values: values as JsonObject };
  },
});
