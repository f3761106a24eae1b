import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';

export const deleteFile = defineEdgeTask({
  type: 'core.storage.Delete',
  aliases: ['io.kestra.core.tasks.storages.Delete'],
  title: 'Delete a file',
  input: z.object({
    uri: dynamicText().describe('URI of the file.'),
    errorOnMissing: dynamicBoolean().default(false).describe('Fail when there is none.'),
  }),
  output: z.object({ uri: z.string().describe('The URI.'), deleted: z.boolean().describe('Whether there was one.') }),
  examples: [{ title: 'Delete a download', yaml: 'uri: "{{ outputs.download.uri }}"' }],
  async run({ uri, errorOnMissing }, { storage }) {
    const deleted = await storage.delete(uri);
    if (!deleted && errorOnMissing) throw new TaskFailure(`Unable to find the file ${uri}: it does not exist.`);
    return { uri, deleted };
  },
});
