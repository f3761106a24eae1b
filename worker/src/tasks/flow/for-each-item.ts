import * as z from '../../zod.ts';
import { dynamic, dynamicText, handlers, labels } from '../properties.ts';
import type { Task } from '../../flow/flow.ts';
import { defineStructuralTask } from '../task.ts';
import { forEachItemItems } from './for-each-item-items.ts';
import { forEachItemMerge } from './for-each-item-merge.ts';
import { batch, forEachItemSplit } from './for-each-item-split.ts';

export const forEachItem = defineStructuralTask({
  type: 'core.flow.ForEachItem',
  title: 'Start an execution of another flow for each batch of lines of a file',
  input: z.object({
    items: dynamicText().describe('URI of the file.'),
    batch: batch.optional().describe('How the file is cut.'),
    namespace: dynamicText().describe('Namespace of the flow.'),
    flowId: dynamicText().describe('Id of the flow.'),
    revision: dynamic(z.int()).optional().describe('Revision of the flow; the newest one when absent.'),
    inputs: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Its inputs; `taskrun.items` is the URI of the batch.'),
    labels: labels().default({}).describe('Labels of its executions.'),
    wait: dynamic(z.boolean()).default(true).describe('Wait until all have ended.'),
    transmitFailed: dynamic(z.boolean()).default(true).describe('End in the worst state they ended in.'),
    inheritLabels: dynamic(z.boolean()).default(false).describe('Give them the labels of this execution too.'),
    scheduleDate: dynamicText().optional().describe('When they start.'),
    restartBehavior: z.enum(['RETRY_FAILED', 'NEW_EXECUTION']).default('RETRY_FAILED'),
    concurrencyLimit: dynamic(z.int().min(0)).default(0).describe('How many executions at a time; 0 = all.'),
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
  children: parts,
  plan: () => ({ kind: 'run', list: 'tasks', order: 'sequence', limit: 0 }),
});

/** It is three tasks in sequence: cut the file, start an execution for each part, collect what they gave. */
function parts(task: Task): Task[] {
  const { items, batch, errors: _errors, finally: _finally, ...call } = task.properties;
  const own = (name: string) => `currentEachOutput(outputs['${task.id}_${name}'])`;
  const part = (name: string, { type, kind }: Pick<Task, 'type' | 'kind'>, properties: Task['properties']): Task => ({
    id: `${task.id}_${name}`,
    type,
    sourceType: type,
    kind,
    disabled: false,
    allowFailure: task.allowFailure,
    allowWarning: task.allowWarning,
    logToFile: false,
    onRunnerLost: 'retry',
    delivery: 'atLeastOnce',
    properties,
    lists: {},
  });
  return [
    part('split', forEachItemSplit, { items: items ?? '', ...(batch !== undefined && { batch }) }),
    part('items', forEachItemItems, { ...call, items: `{{ read(${own('split')}.splits) }}` }),
    part('merge', forEachItemMerge, { outputs: `{{ ${own('items')}.outputs ?? [] }}` }),
  ];
}
