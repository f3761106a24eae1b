import * as z from '../../zod.ts';
import { defineEdgeTask } from '../task.ts';

export const purgeCurrentExecutionFiles = defineEdgeTask({
  type: 'core.storage.PurgeCurrentExecutionFiles',
  aliases: ['core.storage.PurgeExecution', 'io.kestra.core.tasks.storages.PurgeExecution'],
  title: 'Delete all files of this execution',
  input: z.object({}),
  output: z.object({ uris: z.array(z.string()).describe('URIs of the deleted files.') }),
  examples: [{ title: 'At the end of a flow', yaml: '{}' }],
  async run(_input, { storage }) {
    const uris: string[] = [];
    for (const uri of await storage.list()) if (await storage.delete(uri)) uris.push(uri);
    return { uris };
  },
});
