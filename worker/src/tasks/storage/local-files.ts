import * as z from '../../zod.ts';
import { globMatcher } from '../glob.ts';
import { dynamicTextMap, dynamicTexts } from '../properties.ts';
import { fileJob } from '../file-job.ts';
import { defineEdgeTask } from '../task.ts';

export const localFiles = defineEdgeTask({
  type: 'core.storage.LocalFiles',
  aliases: ['io.kestra.core.tasks.storages.LocalFiles'],
  title: 'Make files, and keep some of them',
  description: 'Inside a WorkingDirectory it works on the files of that directory.',
  deprecated: 'Use `inputFiles` and `outputFiles` of the tasks that need them instead of `core.storage.LocalFiles`.',
  input: z.object({
    inputs: dynamicTextMap().default({}).describe('Path -> content, or the URI of a stored file.'),
    outputs: dynamicTexts().default([]).describe('Globs of the files to keep.'),
  }),
  output: z.object({ uris: z.record(z.string(), z.string()).describe('Path -> URI of the kept files.') }),
  examples: [{ title: 'A file', yaml: 'inputs:\n  greeting.txt: Hello\noutputs:\n  - greeting.txt' }],
  job: ({ inputs, outputs }) => fileJob({ kind: 'files' }, { inputFiles: inputs, outputFiles: outputs }),
  async run({ inputs, outputs }, { storage }) {
    const isKept = await globMatcher(outputs);
    const uris: Record<string, string> = {};
    for (const [path, content] of Object.entries(inputs)) {
      if (!isKept(path)) continue;
      const body = content.startsWith('kestra://') ? (await storage.get(content)).body : content;
      uris[path] = (await storage.put(path, body)).uri;
    }
    return { uris };
  },
});
