/** Server-sent events out of a stream of bytes. */

export interface ServerEvent {
  id: string;
  data: string;
}

export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A lone CR at the end may be the first half of a CRLF that the next chunk completes.
    const complete = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const blocks = complete.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n\n');
    const tail = blocks.pop() ?? '';
    rest = tail + rest.slice(complete.length);
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** One event, or nothing when the block holds only comments (the server's keep-alives). */
function parseEvent(block: string): ServerEvent | undefined {
  let id = '';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { id, data: data.join('\n') };
}
