import { TaskFailure } from '../task.ts';

/** The body as a text of at most `bytesMax` bytes. A longer one is an error, or with `cut` ends there. */
export async function readText(
  response: Response,
  bytesMax: number,
  charset = 'utf-8',
  { cut = false } = {},
): Promise<string> {
  const decoder = decoderOf(response, charset, cut);
  let text = '';
  let bytes = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      if (cut) return text + decode(decoder, value, true).slice(0, bytesMax);
      throw new TaskFailure(
        `The response body is longer than ${bytesMax} bytes. Use core.http.Download to store it as a file.`,
      );
    }
    text += decode(decoder, value, true);
  }
  return text + decode(decoder, undefined, false);
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw new TaskFailure('The response body is no valid text. Use core.http.Download to store it as a file.');
  }
}

function decoderOf(response: Response, charset: string, lenient: boolean): TextDecoder {
  const named = /charset="?([^";\s]+)/i.exec(response.headers.get('content-type') ?? '')?.[1];
  for (const label of [named, charset]) {
    if (label === undefined) continue;
    try {
      return new TextDecoder(label, { fatal: !lenient, ignoreBOM: true });
    } catch {
      // An unknown character set: the next one decides.
    }
  }
  return new TextDecoder('utf-8', { fatal: !lenient, ignoreBOM: true });
}
