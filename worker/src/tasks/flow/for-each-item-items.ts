import * as z from '../../zod.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { dynamic, dynamicInteger, dynamicText } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';
import { instant } from './instant.ts';

export const forEachItemItems = defineStructuralTask({
  type: 'core.flow.ForEachItem$ForEachItemExecutable',
  title: 'The second part of a ForEachItem: start an execution for each batch',
  input: z.object({
    items: dynamicText().describe('The URI of one batch in each line.'),
    namespace: dynamicText(),
    flowId: dynamicText(),
    revision: dynamicInteger().optional(),
    // Rendered for each execution, when its batch is known.
    inputs: z.record(z.string(), z.unknown()).default({}),
    labels: z.unknown().optional(),
    wait: dynamic(z.boolean()).default(true),
    transmitFailed: dynamic(z.boolean()).default(true),
    inheritLabels: dynamic(z.boolean()).default(false),
    scheduleDate: dynamicText().optional(),
    restartBehavior: z.enum(['RETRY_FAILED', 'NEW_EXECUTION']).default('RETRY_FAILED'),
    concurrencyLimit: dynamicInteger().default(0),
  }),
  output: z.object({
    numberOfBatches: z.int().describe('How many executions were started.'),
    iterations: z.record(z.string(), z.int()).describe('How many of them ended in which state.'),
    outputs: z.array(z.unknown()).optional().describe('The outputs of each.'),
  }),
  examples: [],
  plan: (input) => ({
    kind: 'start-flows',
    items: input.items.split('\n').filter((line) => line !== ''),
    limit: input.concurrencyLimit,
    flow: {
      kind: 'start-flow',
      namespace: input.namespace,
      flowId: input.flowId,
      revision: input.revision,
      inputs: input.inputs as JsonObject,
      labels: {},
      unrenderedLabels: input.labels as Json | undefined,
      inheritLabels: input.inheritLabels,
      wait: input.wait,
      transmitFailed: input.transmitFailed,
      scheduleAt: input.scheduleDate === undefined ? undefined : instant(input.scheduleDate),
      restartBehavior: input.restartBehavior,
    },
  }),
});
