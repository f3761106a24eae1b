/** Cuts the bytes of a job's output into lines. Broken UTF-8 is repaired, carriage returns go, and a line without end does
 *  not fill the memory. Pure. */
import { RUNNER_COMMAND_LINE_BYTES_MAX, RUNNER_LINE_BYTES_MAX } from '../../worker/src/limits.ts';
import { COMMAND_START } from './job-commands.ts';

export class OutputLines {
  readonly #decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  #line = '';
  #cut = 0;

  /** The lines that are complete now. */
  push(bytes: Uint8Array): string[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left when the output ends. */
  end(): string[] {
    const lines = this.#take(this.#decoder.decode());
    if (this.#line !== '' || this.#cut > 0) lines.push(this.#finish());
    return lines;
  }

  #take(text: string): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      this.#append(text.slice(from, to));
      lines.push(this.#finish());
      from = to + 1;
    }
    this.#append(text.slice(from));
    return lines;
  }

  #append(text: string): void {
    const start = (this.#line + text.slice(0, COMMAND_START.length)).slice(0, COMMAND_START.length);
    const max = start === COMMAND_START ? RUNNER_COMMAND_LINE_BYTES_MAX : RUNNER_LINE_BYTES_MAX;
    const room = Math.max(0, max - this.#line.length);
    this.#line += text.slice(0, room);
    this.#cut += Math.max(0, text.length - room);
  }

  #finish(): string {
    const line = this.#cut > 0 ? `${this.#line} … (${this.#cut} more characters cut)` : this.#line;
    this.#line = '';
    this.#cut = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}
