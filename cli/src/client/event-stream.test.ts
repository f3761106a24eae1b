import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { readEvents } from './event-stream.ts';

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

describe('a stream of server-sent events', () => {
  test('gives each event with its id and data', async () => {
    const events = await collect(readEvents(chunks('id: start\ndata: {"a":1}\n\nid: end\ndata: {}\n\n')));
    expect(events).toEqual([
      { id: 'start', data: '{"a":1}' },
      { id: 'end', data: '{}' },
    ]);
  });

  test('may be cut anywhere, even inside a character or a line end', async () => {
    const bytes = new TextEncoder().encode('id: progress\r\ndata: {"text":"Zoë"}\r\n\r\n');
    async function* single() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    expect(await collect(readEvents(single()))).toEqual([{ id: 'progress', data: '{"text":"Zoë"}' }]);
  });

  test('joins several data lines and skips comments', async () => {
    const events = await collect(readEvents(chunks(': ping\n\n', 'data: one\ndata: two\n\n')));
    expect(events).toEqual([{ id: '', data: 'one\ntwo' }]);
  });

  test('leaves out an event that was not finished when the connection dropped', async () => {
    expect(await collect(readEvents(chunks('id: progress\ndata: {"a"')))).toEqual([]);
  });
});
