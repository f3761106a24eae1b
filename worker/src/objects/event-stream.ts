/** Server-sent events for many readers of one execution. A slow reader gets the newest state instead of every one; log
 *  entries are never left out. Each event is two lines, `id:` and `data:`. */
import { STREAM_PING_MS } from '../limits.ts';

export class EventStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onGone: () => void;
  readonly #queue: string[] = [];
  readonly #ping: ReturnType<typeof setInterval>;
  #latest: string | undefined;
  #isWriting = false;
  #isEnding = false;

  /** `onGone` is called once: when the stream has ended or its reader left. */
  constructor(onGone: () => void) {
    const { readable, writable } = new IdentityTransformStream();
    this.readable = readable;
    this.#writer = writable.getWriter();
    this.#onGone = onGone;
    this.#ping = setInterval(() => this.#push(': ping\n\n'), STREAM_PING_MS);
    this.#writer.closed.catch(() => this.#gone());
  }

  /** An event that every reader gets. */
  send(id: string, data: string): void {
    this.#push(eventText(id, data));
  }

  /** A state: a newer one takes the place of one that is not written yet. */
  sendState(id: string, data: string): void {
    this.#latest = eventText(id, data);
    void this.#pump();
  }

  end(): void {
    this.#latest = undefined;
    this.#isEnding = true;
    void this.#pump();
  }

  #push(text: string): void {
    this.#queue.push(text);
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      for (let text = this.#next(); text !== undefined; text = this.#next()) {
        await this.#writer.write(encoder.encode(text));
      }
      if (this.#isEnding) {
        await this.#writer.close();
        this.#gone();
      }
    } catch {
      this.#gone(); // the reader left
    } finally {
      this.#isWriting = false;
    }
  }

  /** What is queued goes before the newest state: a `start` was sent first. */
  #next(): string | undefined {
    if (this.#queue.length > 0) return this.#queue.splice(0).join('');
    const latest = this.#latest;
    this.#latest = undefined;
    return latest;
  }

  #gone(): void {
    clearInterval(this.#ping);
    this.#onGone();
  }
}

const encoder = new TextEncoder();

function eventText(id: string, data: string): string {
  return `id: ${id}\ndata: ${data}\n\n`;
}
