import * as z from '../../zod.ts';
import { dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const write = defineEdgeTask({
  type: 'core.storage.Write',
  title: 'Write a text to a file',
  input: z.object({
    content: dynamicText().describe('The text.'),
    extension: dynamicText().optional().describe('Extension of the file.'),
  }),
  output: z.object({ uri: z.string().describe('URI of the file.') }),
  examples: [{ title: 'A table', yaml: 'content: |\n  id,name\n  1,first\nextension: .csv' }],
  async run({ content, extension = '' }, { storage }) {
    const { uri } = await storage.put(
      `content${extension === '' || extension.startsWith('.') ? '' : '.'}${extension}`,
      content,
    );
    return { uri };
  },
});
