import * as z from '../../zod.ts';
import { stringifyJson } from '../../protocol/json.ts';
import { dynamic } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const forEachItemMerge = defineEdgeTask({
  type: 'core.flow.ForEachItem$ForEachItemMergeOutputs',
  title: 'The last part of a ForEachItem: collect the outputs of its executions',
  input: z.object({ outputs: dynamic(z.array(z.unknown())).default([]) }),
  output: z.object({
    subflowOutputs: z.string().describe('URI of a file with the outputs of one execution in each line.'),
  }),
  examples: [],
  async run({ outputs }, { storage }) {
    const { uri } = await storage.put('outputs.jsonl', outputs.map((each) => `${stringifyJson(each)}\n`).join(''));
    return { subflowOutputs: uri };
  },
});
