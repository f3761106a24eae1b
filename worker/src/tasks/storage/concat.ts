import * as z from '../../zod.ts';
import { dynamicText, dynamicTexts } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const concat = defineEdgeTask({
  type: 'core.storage.Concat',
  aliases: ['io.kestra.core.tasks.storages.Concat'],
  title: 'Join files into one',
  input: z.object({
    files: dynamicTexts().describe('URIs of the files, in order.'),
    separator: dynamicText().optional().describe('Put between two files.'),
    extension: dynamicText().default('.tmp').describe('Extension of the new file.'),
  }),
  output: z.object({ uri: z.string().describe('URI of the new file.') }),
  examples: [
    { title: 'Two files', yaml: 'files:\n  - "{{ outputs.a.uri }}"\n  - "{{ outputs.b.uri }}"\nextension: .csv' },
  ],
  async run({ files, separator, extension }, { storage }) {
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (const [index, uri] of files.entries()) {
        if (index > 0 && separator !== undefined) yield new TextEncoder().encode(separator);
        const { body } = await storage.get(uri);
        yield* chunksOf(body);
      }
    }
    const chunks = parts();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    });
    const { uri } = await storage.put(`concat${extension}`, body);
    return { uri };
  },
});

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
