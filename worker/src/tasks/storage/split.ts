import * as z from '../../zod.ts';
import { SPLIT_FILES_MAX } from '../../limits.ts';
import { dynamic, dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import type { EdgeContext } from '../task.ts';
import { baseNameOf, extensionOf } from './file-name.ts';
import { bodyOf, linesOf } from './lines.ts';
import { byteSize } from './byte-size.ts';

export const split = defineEdgeTask({
  type: 'core.storage.Split',
  aliases: ['io.kestra.core.tasks.storages.Split'],
  title: 'Split a file into several, at the ends of lines',
  input: z.object({
    from: dynamicText().describe('URI of the file.'),
    rows: dynamic(z.int().min(1)).optional().describe('Lines of each new file.'),
    partitions: dynamic(z.int().min(1)).optional().describe('Number of new files.'),
    bytes: dynamicText().optional().describe('Size of each new file, like 10MB; the line that reaches it is the last.'),
    regexPattern: dynamicText().optional().describe('Not available yet.'),
    separator: dynamicText().default('\n').describe('What ends a line.'),
  }),
  output: z.object({ uris: z.array(z.string()).describe('URIs of the new files.') }),
  examples: [
    { title: 'A thousand lines each', yaml: 'from: "{{ outputs.extract.uri }}"\nrows: 1000' },
    { title: 'Eight files', yaml: 'from: "{{ outputs.extract.uri }}"\npartitions: 8' },
  ],
  async run(input, context) {
    if (input.regexPattern !== undefined) throw new TaskFailure('`regexPattern` is not available yet.');
    return { uris: await splitFile(input, context) };
  },
});

/** How a file is cut, in this order of precedence: by bytes, into a number of parts, by rows. */
export interface Cut {
  from: string;
  rows?: number;
  partitions?: number;
  bytes?: string;
  separator: string;
}

/** Stores the parts of a file and answers their URIs. */
export async function splitFile(cut: Cut, context: EdgeContext): Promise<string[]> {
  const isFull = await fullness(cut, context);
  const { body } = await context.storage.get(cut.from);
  const lines = linesOf(body, cut.separator)[Symbol.asyncIterator]();
  const uris: string[] = [];
  for (let line = await lines.next(); line.done !== true;) {
    if (uris.length >= SPLIT_FILES_MAX)
      throw new TaskFailure(`The file would be split into more than ${SPLIT_FILES_MAX} files.`);
    const current: { line: IteratorResult<string> } = { line };
    const part = partFrom(current, lines, isFull(uris.length));
    const { uri } = await context.storage.put(
      `${baseNameOf(cut.from)}_${uris.length}${extensionOf(cut.from)}`,
      bodyOf(part),
    );
    uris.push(uri);
    line = current.line;
  }
  return uris;
}

/** The lines of one new file; leaves the next line in `current`. */
async function* partFrom(
  current: { line: IteratorResult<string> },
  lines: AsyncIterator<string>,
  isFull: (rows: number, bytes: number) => boolean,
): AsyncGenerator<string> {
  let bytes = 0;
  for (let rows = 0; current.line.done !== true && !isFull(rows, bytes); rows++) {
    const text = current.line.value;
    bytes += new TextEncoder().encode(text).length;
    yield text;
    current.line = await lines.next();
  }
}

/** When the `index`-th new file has enough. */
async function fullness(
  cut: Cut,
  context: EdgeContext,
): Promise<(index: number) => (rows: number, bytes: number) => boolean> {
  const { bytes, partitions, rows = 1 } = cut;
  if (bytes !== undefined) {
    const size = byteSize(bytes);
    return () => (_rows, written) => written >= size;
  }
  if (partitions === undefined) return () => (written) => written >= rows;
  const count = await lineCount(cut, context);
  const base = Math.floor(count / partitions);
  return (index) => (written) => written >= base + (index < count % partitions ? 1 : 0);
}

async function lineCount({ from, separator }: Cut, { storage }: EdgeContext): Promise<number> {
  const { body } = await storage.get(from);
  let count = 0;
  for await (const _line of linesOf(body, separator)) count++;
  return count;
}
