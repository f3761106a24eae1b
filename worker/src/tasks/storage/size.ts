import * as z from '../../zod.ts';
import { dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';

export const size = defineEdgeTask({
  type: 'core.storage.Size',
  aliases: ['io.kestra.core.tasks.storages.Size'],
  title: 'Tell the size of a file',
  input: z.object({ uri: dynamicText().describe('URI of the file.') }),
  output: z.object({ size: z.int().describe('Its size in bytes.') }),
  examples: [{ title: 'Of a download', yaml: 'uri: "{{ outputs.download.uri }}"' }],
  async run({ uri }, { storage }) {
    const bytes = await storage.size(uri);
    if (bytes === undefined) throw new TaskFailure(`The file ${uri} does not exist.`);
    return { size: bytes };
  },
});
