/** Lines of stored files, as streams: no more than a line and a chunk is in memory. */
import { FILE_LINE_CHARS_MAX } from '../../limits.ts';
import { TaskFailure } from '../task.ts';

/** The lines of a body, each with its separator; the last one has it only if the body ends with it. */
export async function* linesOf(
  body: ReadableStream<Uint8Array>,
  separator = '\n',
  charset = 'utf-8',
): AsyncGenerator<string> {
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += decode(decoder, value, !done);
      let from = 0;
      for (let at = rest.indexOf(separator); at >= 0; at = rest.indexOf(separator, from)) {
        yield rest.slice(from, at + separator.length);
        from = at + separator.length;
      }
      rest = rest.slice(from);
      if (rest.length > FILE_LINE_CHARS_MAX)
        throw new TaskFailure(`A line of the file is longer than ${FILE_LINE_CHARS_MAX} characters.`);
      if (done) break;
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel();
  }
}

/** A body made of texts as they come. */
export function bodyOf(texts: AsyncIterable<string> | Iterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = Symbol.asyncIterator in texts ? texts[Symbol.asyncIterator]() : texts[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw new TaskFailure('The file is no valid text.');
  }
}
