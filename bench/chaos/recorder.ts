/** Keeps the history: what was asked and answered, and every mark that tasks left, with the time at which it was seen. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mark } from './check.ts';

export class Recorder {
  readonly marks: Mark[] = [];
  readonly #marksFile: string;
  readonly #server: Server;
  #read = 0;
  url = '';

  constructor(marksFile: string) {
    this.#marksFile = marksFile;
    writeFileSync(marksFile, '');
    this.#server = createServer((request, answer) => {
      const [, flow = '', execution = '', task = ''] = (request.url ?? '').split('/');
      this.marks.push({ at: performance.now(), flow, execution, task });
      answer.end('seen');
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Lines that scripts have appended since the last look. A line that is not whole yet waits. */
  readMarks(): void {
    const lines = readFileSync(this.#marksFile, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.#read)) {
      const [flow = '', execution = '', task = ''] = line.split(' ');
      this.marks.push({ at: performance.now(), flow, execution, task });
    }
    this.#read = lines.length;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
