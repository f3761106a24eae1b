import * as z from '../../zod.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { labelMap } from '../label-map.ts';
import { deprecated, dynamic, dynamicInteger, dynamicMap, dynamicText, handlers, labels } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';
import { instant } from './instant.ts';

export const subflow = defineStructuralTask({
  type: 'core.flow.Subflow',
  aliases: ['core.flow.Flow', 'io.kestra.core.tasks.flows.Subflow', 'io.kestra.core.tasks.flows.Flow'],
  title: 'Start an execution of another flow',
  input: z.object({
    namespace: dynamicText().describe('Namespace of the flow.'),
    flowId: dynamicText().describe('Id of the flow.'),
    revision: dynamicInteger().optional().describe('Revision of the flow; the newest one when absent.'),
    inputs: dynamicMap().default({}).describe('Its inputs.'),
    labels: dynamic(labels()).default({}).describe('Labels of its execution.'),
    inheritLabels: dynamic(z.boolean()).default(false).describe('Give it the labels of this execution too.'),
    wait: dynamic(z.boolean()).default(true).describe('Wait until it has ended.'),
    transmitFailed: dynamic(z.boolean()).default(true).describe('End in the state it ended in.'),
    scheduleDate: dynamicText().optional().describe('When it starts; at once when absent.'),
    restartBehavior: z
      .enum(['RETRY_FAILED', 'NEW_EXECUTION'])
      .default('RETRY_FAILED')
      .describe('What a restart of this execution does: restart the failed one, or start another.'),
    outputs: deprecated(z.record(z.string(), z.unknown()), 'Declare `outputs` in the flow that is called.').optional(),
    ...handlers,
  }),
  output: z.object({
    executionId: z.string().describe('Id of its execution.'),
    state: z.string().optional().describe('The state it ended in.'),
    outputs: z.record(z.string(), z.unknown()).optional().describe('The outputs of the flow.'),
  }),
  examples: [
    {
      title: 'Call a flow and wait for it',
      yaml: 'namespace: company.team\nflowId: load\ninputs:\n  date: "{{ trigger.date }}"',
    },
  ],
  plan: (input) => ({
    kind: 'start-flow',
    namespace: input.namespace,
    flowId: input.flowId,
    revision: input.revision,
    inputs: input.inputs as JsonObject,
    labels: labelMap(input.labels),
    inheritLabels: input.inheritLabels,
    wait: input.wait,
    transmitFailed: input.transmitFailed,
    scheduleAt: input.scheduleDate === undefined ? undefined : instant(input.scheduleDate),
    legacyOutputs: input.outputs as Json | undefined,
    restartBehavior: input.restartBehavior,
  }),
});
