/** The file of a form, as a stream: a form read at once would hold the file in memory, twice. */
import { AppError } from '../errors.ts';
import { FORM_HEADER_BYTES_MAX } from '../limits.ts';

export interface FilePart {
  fileName: string;
  /** To be read to its end before the request is answered. */
  body: ReadableStream<Uint8Array>;
}

/** The first part that is a file and has this name. What comes before it is skipped, what comes after it is not read. */
export async function readFilePart(
  body: ReadableStream<Uint8Array>,
  contentType: string,
  name: string,
): Promise<FilePart> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw malformed();
  const source = new Source(body, `\r\n--${boundary}`);
  // The first boundary may stand at the very beginning, without a line before it.
  source.pretend('\r\n');
  await drain(source.untilBoundary());
  for (;;) {
    const header = await source.header();
    if (header === undefined) {
      throw new AppError('invalid_body', `The form has no file \`${name}\`: send it as multipart/form-data.`);
    }
    const content = source.untilBoundary();
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(header)?.[1] ?? '';
    const fileName = parameter(disposition, 'filename');
    if (parameter(disposition, 'name') === name && fileName !== undefined) {
      return { fileName, body: streamOf(content) };
    }
    await drain(content);
  }
}

class Source {
  readonly #chunks: ReadableStreamDefaultReader<Uint8Array>;
  readonly #delimiter: Uint8Array;
  #buffer = new Uint8Array();

  constructor(body: ReadableStream<Uint8Array>, delimiter: string) {
    this.#chunks = body.getReader();
    this.#delimiter = encoder.encode(delimiter);
  }

  pretend(text: string): void {
    this.#buffer = joined(encoder.encode(text), this.#buffer);
  }

  /** The headers of the part that begins here; undefined behind the last one. */
  async header(): Promise<string | undefined> {
    await this.#fill(2);
    if (decoder.decode(this.#buffer.subarray(0, 2)) === '--') return undefined;
    for (;;) {
      const end = find(this.#buffer, HEADER_END, 0);
      if (end !== -1) return decoder.decode(this.#take(end + HEADER_END.byteLength)).trim();
      if (this.#buffer.byteLength > FORM_HEADER_BYTES_MAX) throw malformed();
      await this.#more();
    }
  }

  /** All bytes up to the next boundary, which is taken too. */
  async *untilBoundary(): AsyncGenerator<Uint8Array, undefined> {
    for (;;) {
      const at = find(this.#buffer, this.#delimiter, 0);
      if (at !== -1) {
        const rest = this.#take(at);
        this.#take(this.#delimiter.byteLength);
        if (rest.byteLength > 0) yield rest;
        return undefined;
      }
      // The end of what is here may be the beginning of the boundary.
      const safe = this.#buffer.byteLength - this.#delimiter.byteLength;
      if (safe > 0) yield this.#take(safe);
      await this.#more();
    }
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #fill(length: number): Promise<void> {
    while (this.#buffer.byteLength < length) await this.#more();
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.read();
    if (done) throw malformed();
    this.#buffer = joined(this.#buffer, value);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const HEADER_END = encoder.encode('\r\n\r\n');

function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\b/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** Clients write `%22` for a quote, and for names outside of ASCII `filename*` or the bytes as they are. */
function parameter(disposition: string, name: string): string | undefined {
  const value = new RegExp(`;\\s*${name}="([^"]*)"|;\\s*${name}=([^\\s;]+)`, 'i').exec(disposition);
  return value?.[1] ?? value?.[2];
}

function streamOf(content: AsyncGenerator<Uint8Array, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await content.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function drain(content: AsyncGenerator<Uint8Array, undefined>): Promise<void> {
  while (!(await content.next()).done);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.byteLength > bytes.byteLength) return -1;
    if (wanted.every((byte, n) => bytes[at + n] === byte)) return at;
  }
  return -1;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}

function malformed(): AppError {
  return new AppError('invalid_body', 'The body is no valid form: check the boundary of its Content-Type.');
}
