import * as z from '../../zod.ts';
import { globMatcher } from '../glob.ts';
import { dynamic, dynamicText, text } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import { filePath } from './file-path.ts';

export const downloadFiles = defineEdgeTask({
  type: 'core.namespace.DownloadFiles',
  title: 'Take files of a namespace into the execution',
  input: z.object({
    namespace: dynamicText().describe('The namespace.'),
    files: dynamic(z.union([z.array(text()), z.string()])).describe('A glob or a list of them.'),
    destination: dynamicText().default('').describe('Folder that the paths get.'),
  }),
  output: z.object({ files: z.record(z.string(), z.string()).describe('Path -> URI of the files.') }),
  examples: [{ title: 'All scripts', yaml: 'namespace: company.team\nfiles:\n  - "**.py"' }],
  async run({ namespace, files, destination }, context) {
    const isWanted = await globMatcher(typeof files === 'string' ? [files] : files);
    const downloaded: Record<string, string> = {};
    for (const listed of await context.files.list(namespace)) {
      const path = filePath(listed);
      if (!isWanted(path)) continue;
      const file = await context.files.get(namespace, path);
      if (file === undefined) continue;
      const { uri } = await context.storage.put(path.slice(1), file.body);
      downloaded[filePath(destination, path)] = uri;
    }
    context.metric({ name: 'downloaded', type: 'counter', value: Object.keys(downloaded).length, tags: {} });
    return { files: downloaded };
  },
});
