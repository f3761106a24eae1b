/** ZIP files as streams, in both directions: no archive and no file of one is ever held in memory whole. */
import { Unzip, UnzipInflate, Zip, ZipDeflate } from 'fflate';
import { AppError } from '../errors.ts';

export interface ZipEntry {
  name: string;
  body: ReadableStream<Uint8Array>;
}

/** The files of an archive, in order; each is to be read to its end before the next is asked for. Sizes that the archive
 *  announces are not believed: whoever reads the bodies counts. */
export async function* unzipped(archive: ReadableStream<Uint8Array>): AsyncGenerator<ZipEntry, undefined> {
  const events = eventsOf(archive);
  for (;;) {
    const { value: event } = await events.next();
    if (event === undefined) return undefined;
    // What is left of a file that nobody read.
    if (event.type !== 'file') continue;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value: part } = await events.next();
        if (part?.type === 'bytes') controller.enqueue(part.bytes);
        else controller.close();
      },
    });
    yield { name: event.name, body };
  }
}

type Event = { type: 'file'; name: string } | { type: 'bytes'; bytes: Uint8Array } | { type: 'end' };

async function* eventsOf(archive: ReadableStream<Uint8Array>): AsyncGenerator<Event, undefined> {
  let events: Event[] = [];
  let files = 0;
  let open = 0;
  const unzip = new Unzip((file) => {
    files++;
    open++;
    events.push({ type: 'file', name: file.name });
    file.ondata = (error, bytes, isLast) => {
      if (error) throw unreadable(error);
      if (bytes.byteLength > 0) events.push({ type: 'bytes', bytes });
      if (isLast) {
        open--;
        events.push({ type: 'end' });
      }
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  const push = (bytes: Uint8Array, isLast: boolean): Event[] => {
    try {
      unzip.push(bytes, isLast);
    } catch (cause) {
      throw cause instanceof AppError ? cause : unreadable(cause);
    }
    const happened = events;
    events = [];
    return happened;
  };
  for await (const chunk of archive) {
    for (let at = 0; at < chunk.byteLength; at += SLICE_BYTES) yield* push(chunk.subarray(at, at + SLICE_BYTES), false);
  }
  yield* push(new Uint8Array(), true);
  if (files === 0 || open > 0) throw unreadable();
  return undefined;
}

/** A slice unpacks to at most a thousand times its size, and that is in memory. */
const SLICE_BYTES = 8 * 1024;

function unreadable(cause?: unknown): AppError {
  return new AppError('invalid_body', 'The archive cannot be read; send a ZIP file.', { cause });
}

/** An archive of these files; one whose name ends in `/` is a folder. */
export function zipped(files: AsyncIterable<ZipEntry>): ReadableStream<Uint8Array> {
  const parts = partsOf(files);
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function* partsOf(files: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array, undefined> {
  let parts: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    if (bytes.byteLength > 0) parts.push(bytes);
  });
  const taken = () => {
    const all = parts;
    parts = [];
    return all;
  };
  for await (const { name, body } of files) {
    const file = new ZipDeflate(name);
    zip.add(file);
    for await (const chunk of body) {
      file.push(chunk);
      yield* taken();
    }
    file.push(new Uint8Array(), true);
    yield* taken();
  }
  zip.end();
  yield* taken();
  return undefined;
}
