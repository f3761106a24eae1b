import * as z from '../../zod.ts';
import { isTruthyText } from '../../expression/truth.ts';
import { dynamic, dynamicText, expressionText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import type { EdgeContext } from '../task.ts';
import { bodyOf, linesOf } from './lines.ts';
import { rowVariables } from './row.ts';

export const filterItems = defineEdgeTask({
  type: 'core.storage.FilterItems',
  aliases: ['io.kestra.core.tasks.storages.FilterItems'],
  title: 'Keep the lines for which a condition holds',
  input: z.object({
    from: dynamicText().describe('URI of a file with a JSON or ION value on each line.'),
    filterCondition: expressionText().describe('Expression on a line; it sees the members of the value.'),
    filterType: dynamic(z.enum(['INCLUDE', 'EXCLUDE']))
      .default('INCLUDE')
      .describe('Keep the lines for which it holds, or the others.'),
    errorOrNullBehavior: dynamic(z.enum(['FAIL', 'INCLUDE', 'EXCLUDE']))
      .default('FAIL')
      .describe('What to do with a line for which it gives an error or nothing.'),
  }),
  output: z.object({
    uri: z.string().describe('URI of the new file.'),
    processedItemsTotal: z.int().describe('Lines read.'),
    droppedItemsTotal: z.int().describe('Lines left out.'),
  }),
  examples: [
    { title: 'Large orders', yaml: 'from: "{{ outputs.extract.uri }}"\nfilterCondition: "{{ total > 1000 }}"' },
  ],
  async run(input, context) {
    const { body } = await context.storage.get(input.from);
    let processed = 0;
    let dropped = 0;
    async function* kept(): AsyncGenerator<string> {
      for await (const line of linesOf(body)) {
        if (line.trim() === '') continue;
        processed++;
        if (await isKept(line, input, context)) yield line.endsWith('\n') ? line : `${line}\n`;
        else dropped++;
      }
    }
    const { uri } = await context.storage.put('items.ion', bodyOf(kept()));
    return { uri, processedItemsTotal: processed, droppedItemsTotal: dropped };
  },
});

async function isKept(
  line: string,
  { filterCondition, filterType, errorOrNullBehavior }: z.output<typeof filterItems.input>,
  context: EdgeContext,
): Promise<boolean> {
  let answer = '';
  try {
    answer = String(await context.render(filterCondition, rowVariables(line))).trim();
  } catch (cause) {
    if (errorOrNullBehavior === 'FAIL') throw cause;
  }
  if (answer === '' && errorOrNullBehavior !== 'FAIL') return errorOrNullBehavior === 'INCLUDE';
  return isTruthyText(answer) === (filterType === 'INCLUDE');
}
