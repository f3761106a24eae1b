import * as z from '../../zod.ts';
import { DEDUPLICATE_KEYS_MAX } from '../../limits.ts';
import { dynamicText, expressionText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import type { EdgeContext } from '../task.ts';
import { bodyOf, linesOf } from './lines.ts';
import { rowVariables } from './row.ts';

export const deduplicateItems = defineEdgeTask({
  type: 'core.storage.DeduplicateItems',
  aliases: ['io.kestra.core.tasks.storages.DeduplicateItems'],
  title: 'Keep the last line of each key',
  input: z.object({
    from: dynamicText().describe('URI of a file with a JSON or ION value on each line.'),
    expr: expressionText().describe('Expression that gives the key of a line; it sees the members of the value.'),
  }),
  output: z.object({
    uri: z.string().describe('URI of the new file.'),
    processedItemsTotal: z.int().describe('Lines read.'),
    droppedItemsTotal: z.int().describe('Lines left out.'),
    numKeys: z.int().describe('Different keys.'),
  }),
  examples: [
    { title: 'The newest line of each customer', yaml: 'from: "{{ outputs.extract.uri }}"\nexpr: "{{ customer }}"' },
  ],
  async run({ from, expr }, context) {
    const { last, total } = await lastLines(from, expr, context);
    const kept = new Set(last.values());
    async function* keptLines(): AsyncGenerator<string> {
      let index = 0;
      for await (const line of itemsOf(from, context)) if (kept.has(index++)) yield line;
    }
    const { uri } = await context.storage.put('items.ion', bodyOf(keptLines()));
    return { uri, processedItemsTotal: total, droppedItemsTotal: total - last.size, numKeys: last.size };
  },
});

/** For each key the number of its last line. */
async function lastLines(
  from: string,
  expr: string,
  context: EdgeContext,
): Promise<{ last: Map<string, number>; total: number }> {
  const last = new Map<string, number>();
  let total = 0;
  for await (const line of itemsOf(from, context)) {
    const key = String(await context.render(expr, rowVariables(line)));
    last.set(key, total++);
    if (last.size > DEDUPLICATE_KEYS_MAX)
      throw new TaskFailure(`The file has more than ${DEDUPLICATE_KEYS_MAX} different keys.`);
  }
  return { last, total };
}

/** Empty lines hold nothing. */
async function* itemsOf(from: string, { storage }: EdgeContext): AsyncGenerator<string> {
  const { body } = await storage.get(from);
  for await (const line of linesOf(body)) if (line.trim() !== '') yield line.endsWith('\n') ? line : `${line}\n`;
}
