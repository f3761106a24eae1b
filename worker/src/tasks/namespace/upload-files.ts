import * as z from '../../zod.ts';
import { isJsonObject } from '../../protocol/json.ts';
import { dynamic, dynamicText, dynamicTextMap, text } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { filePath } from './file-path.ts';

export const uploadFiles = defineEdgeTask({
  type: 'core.namespace.UploadFiles',
  title: 'Put files into a namespace',
  input: z.object({
    namespace: dynamicText().describe('The namespace.'),
    files: dynamic(z.union([z.array(text()), z.record(z.string(), text())]))
      .optional()
      .describe('Path -> URI of a stored file.'),
    filesMap: dynamicTextMap().optional().describe('Path -> URI of a stored file.'),
    destination: dynamicText().default('/').describe('Folder that the paths are in.'),
    conflict: dynamic(z.enum(['OVERWRITE', 'SKIP', 'ERROR', 'FAIL']))
      .default('OVERWRITE')
      .describe('What to do when there is a file already.'),
  }),
  output: z.object({ files: z.record(z.string(), z.string()).describe('Path -> URI of the files.') }),
  examples: [
    {
      title: 'A downloaded script',
      yaml: 'namespace: company.team\nfilesMap:\n  scripts/main.py: "{{ outputs.download.uri }}"',
    },
  ],
  async run({ namespace, files, filesMap, destination, conflict }, context) {
    if (Array.isArray(files) && files.length > 0) {
      throw new TaskFailure(
        '`files` takes no patterns: keep the files with `outputFiles` of a WorkingDirectory, and name their URIs in `filesMap`.',
      );
    }
    const wanted = { ...(isJsonObject(files) ? files : {}), ...filesMap } as Record<string, string>;
    const existing =
      conflict === 'OVERWRITE'
        ? new Set()
        : new Set((await context.files.list(namespace)).map((path) => filePath(path)));
    const uploaded: Record<string, string> = {};
    for (const [path, uri] of Object.entries(wanted)) {
      const target = filePath(destination, path);
      if (existing.has(target)) {
        if (conflict !== 'SKIP')
          throw new TaskFailure(`The file ${target} exists already in the namespace ${namespace}.`);
        context.log('DEBUG', `Skipped ${target}: it exists already`);
        continue;
      }
      const { body } = await context.storage.get(uri);
      uploaded[target] = (await context.files.put(namespace, target, body)).uri;
    }
    return { files: uploaded };
  },
});
