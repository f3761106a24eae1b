import * as z from '../../zod.ts';
import { dynamic, dynamicText } from '../properties.ts';
import { splitFile } from '../storage/split.ts';
import { defineEdgeTask } from '../task.ts';

/** How a ForEachItem cuts its file. */
export const batch = dynamic(
  z.object({
    rows: dynamic(z.int().min(1)).optional().describe('Lines of one batch; 1 when nothing else is set.'),
    partitions: dynamic(z.int().min(1)).optional().describe('Number of batches.'),
    bytes: dynamicText().optional().describe('Size of one batch, like 10MB.'),
    separator: dynamicText().default('\n').describe('What ends a line.'),
  }),
);

export const forEachItemSplit = defineEdgeTask({
  type: 'core.flow.ForEachItem$ForEachItemSplit',
  title: 'The first part of a ForEachItem: cut its file into batches',
  input: z.object({ items: dynamicText(), batch: batch.optional() }),
  output: z.object({ splits: z.string().describe('URI of a file with the URI of one batch in each line.') }),
  examples: [],
  async run({ items, batch: cut }, context) {
    const uris = await splitFile({ from: items, separator: '\n', ...cut }, context);
    const { uri } = await context.storage.put('splits.txt', uris.map((each) => `${each}\n`).join(''));
    return { splits: uri };
  },
});
