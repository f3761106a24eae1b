import * as z from '../../zod.ts';
import { FILE_REVERSE_BYTES_MAX } from '../../limits.ts';
import { dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { baseNameOf, extensionOf } from './file-name.ts';
import { bodyOf, linesOf } from './lines.ts';

export const reverse = defineEdgeTask({
  type: 'core.storage.Reverse',
  aliases: ['io.kestra.core.tasks.storages.Reverse'],
  title: 'Reverse the lines of a file',
  input: z.object({
    from: dynamicText().describe('URI of the file.'),
    separator: dynamicText().default('\n').describe('What ends a line.'),
    charset: dynamicText().default('utf-8').describe('Character set of the file.'),
  }),
  output: z.object({ uri: z.string().describe('URI of the new file.') }),
  examples: [{ title: 'Last line first', yaml: 'from: "{{ outputs.extract.uri }}"' }],
  async run({ from, separator, charset }, { storage }) {
    const { body, size } = await storage.get(from);
    if (size > FILE_REVERSE_BYTES_MAX) {
      await body.cancel();
      throw new TaskFailure(
        `The file has ${size} bytes, more than the ${FILE_REVERSE_BYTES_MAX} whose lines can be reversed.`,
      );
    }
    const lines: string[] = [];
    for await (const line of linesOf(body, separator, charset))
      lines.push(line.endsWith(separator) ? line : line + separator);
    const { uri } = await storage.put(`${baseNameOf(from)}${extensionOf(from)}`, bodyOf(lines.reverse()));
    return { uri };
  },
});
