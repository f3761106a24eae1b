import * as z from 'zod';
import { dynamic, dynamicMap, dynamicText, handlers, labels } from '../properties.ts';
import { notAvailableYet } from '../not-available-yet.ts';
import { defineStructuralTask } from '../task.ts';

export const forEachItem = defineStructuralTask({
  type: 'core.flow.ForEachItem',
  title: 'Start an execution of another flow for each batch of lines of a file',
  input: z.object({
    items: dynamicText().describe('URI of the file.'),
    batch: dynamic(
      z.object({
        rows: dynamic(z.int().min(1)).optional().describe('Lines of one batch; 1 when nothing else is set.'),
        partitions: dynamic(z.int().min(1)).optional().describe('Number of batches.'),
        bytes: dynamicText().optional().describe('Size of one batch, like 10MB.'),
        separator: dynamicText().default('\n').describe('What ends a line.'),
      }),
    ).optional(),
    namespace: dynamicText().describe('Namespace of the flow.'),
    flowId: dynamicText().describe('Id of the flow.'),
    revision: dynamic(z.int()).optional().describe('Revision of the flow; the newest one when absent.'),
    inputs: dynamicMap().default({}).describe('Its inputs; `taskrun.items` is the URI of the batch.'),
    labels: dynamic(labels()).default({}).describe('Labels of its executions.'),
    wait: dynamic(z.boolean()).default(true).describe('Wait until all have ended.'),
    transmitFailed: dynamic(z.boolean()).default(true).describe('End in the worst state they ended in.'),
    inheritLabels: dynamic(z.boolean()).default(false).describe('Give them the labels of this execution too.'),
    scheduleDate: dynamicText().optional().describe('When they start.'),
    restartBehavior: z.enum(['RETRY_FAILED', 'NEW_EXECUTION']).default('RETRY_FAILED'),
    ...handlers,
  }),
  output: z.object({
    numberOfBatches: z.int().describe('How many executions were started.'),
    iterations: z.record(z.string(), z.int()).optional().describe('How many of them ended in which state.'),
    subflowOutputs: z.string().optional().describe('URI of a file with the outputs of each.'),
  }),
  examples: [
    {
      title: 'A thousand lines for each execution',
      yaml: `items: "{{ inputs.file }}"
batch: { rows: 1000 }
namespace: company.team
flowId: load-batch
inputs: { file: "{{ taskrun.items }}" }`,
    },
  ],
  plan: () => notAvailableYet('core.flow.ForEachItem'),
});
