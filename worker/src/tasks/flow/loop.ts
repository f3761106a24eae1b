import * as z from '../../zod.ts';
import { dynamic, dynamicValue, expressionText, handlers, taskList, text } from '../properties.ts';
import type { Json } from '../../protocol/json.ts';
import { defineStructuralTask, TaskFailure } from '../task.ts';
import { loopItems } from './iteration-values.ts';

export const loop = defineStructuralTask({
  type: 'core.flow.Loop',
  title: 'Run tasks once for each item, each time in a world of their own',
  description:
    'The tasks read `item.value`, `item.index` and `item.key`. What they give is visible outside only through `outputs`.',
  input: z.object({
    values: dynamicValue().describe('A list, a map, the JSON of one, or the URI of a file whose lines are the items.'),
    concurrencyLimit: dynamic(z.int().min(0)).default(1).describe('How many items at a time; 0 = all.'),
    tasks: taskList({ required: true }).describe('The tasks of one item.'),
    transmitFailed: dynamic(z.boolean()).default(true).describe('Fail when an item has failed.'),
    outputs: z
      .array(z.object({ id: text(), type: text().optional(), value: expressionText() }))
      .default([])
      .describe('What each item gives.'),
    fetchType: z
      .enum(['AUTO', 'FETCH', 'STORE'])
      .default('AUTO')
      .describe('Keep what the items give as outputs, or in a file.'),
    ...handlers,
  }),
  output: z.object({
    iterationCount: z.int().describe('Number of items.'),
    outputs: z.array(z.unknown()).optional().describe('What each item gave.'),
    uri: z.string().optional().describe('URI of the file with what they gave.'),
  }),
  examples: [
    {
      title: 'Two items at a time',
      yaml: `values: ["a", "b", "c"]
concurrencyLimit: 2
tasks:
  - { id: show, type: core.log.Log, message: "{{ item.value }}" }`,
    },
  ],
  async plan({ values, concurrencyLimit, transmitFailed, outputs, fetchType }, { read }) {
    if (fetchType === 'STORE') {
      throw new TaskFailure('fetchType STORE is not supported: a Loop keeps what its items give as outputs (FETCH).');
    }
    const rendered = values as Json;
    const items = isFileUri(rendered) ? linesOf(await read(rendered)) : loopItems(rendered);
    return {
      kind: 'iterate',
      list: 'tasks',
      values: items.values,
      limit: concurrencyLimit,
      rounds: { ...(items.keys && { keys: items.keys }), outputs, transmitFailed },
    };
  },
});

function isFileUri(values: Json): values is string {
  return typeof values === 'string' && values.startsWith('kestra:///');
}

function linesOf(text: string): { values: string[]; keys?: string[] } {
  return { values: text.split(/\r?\n/).filter((line) => line !== '') };
}
