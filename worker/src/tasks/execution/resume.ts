import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicMap, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const resume = defineEdgeTask({
  type: 'core.execution.Resume',
  title: 'Resume a paused execution',
  input: z.object({
    executionId: dynamicText().optional().describe('Id of the execution; this one when absent.'),
    namespace: dynamicText().optional().describe('Namespace of its flow.'),
    flowId: dynamicText().optional().describe('Id of its flow.'),
    inputs: dynamicMap().default({}).describe('The inputs that its Pause asks for.'),
  }),
  examples: [
    { title: 'Resume with an input', yaml: 'executionId: "{{ trigger.executionId }}"\ninputs: { approved: true }' },
  ],
  async run({ executionId, inputs }, { executions, identity }) {
    await executions.resume(executionId ?? identity.executionId, inputs as JsonObject);
  },
});
