import * as z from '../../zod.ts';
import { globMatcher } from '../glob.ts';
import { dynamic, dynamicBoolean, dynamicText, text } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import { filePath } from './file-path.ts';

export const deleteFiles = defineEdgeTask({
  type: 'core.namespace.DeleteFiles',
  title: 'Delete files of a namespace',
  input: z.object({
    namespace: dynamicText().describe('The namespace.'),
    files: dynamic(z.union([z.array(text()), z.string()])).describe('A glob or a list of them.'),
    deleteParentFolder: dynamicBoolean()
      .default(false)
      .describe('Folders exist only as parts of paths: an empty one is gone by itself.'),
  }),
  examples: [{ title: 'All scripts', yaml: 'namespace: company.team\nfiles:\n  - "**.py"' }],
  async run({ namespace, files }, context) {
    const isWanted = await globMatcher(typeof files === 'string' ? [files] : files);
    let deleted = 0;
    for (const listed of await context.files.list(namespace)) {
      const path = filePath(listed);
      if (isWanted(path) && (await context.files.delete(namespace, path))) deleted++;
    }
    context.metric({ name: 'deleted', type: 'counter', value: deleted, tags: {} });
  },
});
