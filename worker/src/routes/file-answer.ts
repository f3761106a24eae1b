import type { Context } from 'hono';
import type { AppEnv } from '../middleware/context.ts';

interface StoredFile {
  body: ReadableStream<Uint8Array>;
  /** Of the whole file, whatever part of it `body` is. */
  size: number;
}

/** The part of a file that a request asks for; undefined for all of it, and for a range that says nothing to us. */
export function rangeOf(c: Context<AppEnv>): R2Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range') ?? '') ?? [];
  if (first === '') return last === '' || Number(last) === 0 ? undefined : { suffix: Number(last) };
  if (last === '') return { offset: Number(first) };
  return Number(first) > Number(last) ? undefined : { offset: Number(first), length: Number(last) - Number(first) + 1 };
}

/** A file of a user: a download that no browser runs. */
export function fileAnswer(c: Context<AppEnv>, { body, size }: StoredFile, name: string): Response {
  const part = partOf(rangeOf(c), size);
  return new Response(body, {
    status: part === undefined ? 200 : 206,
    headers: {
      ...DOWNLOAD,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'Accept-Ranges': 'bytes',
      'Content-Length': String(part === undefined ? size : part.last - part.first + 1),
      ...(part && { 'Content-Range': `bytes ${part.first}-${part.last}/${size}` }),
    },
  });
}

export const DOWNLOAD = {
  'Content-Type': 'application/octet-stream',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
} as const;

function partOf(range: R2Range | undefined, size: number): { first: number; last: number } | undefined {
  if (range === undefined) return undefined;
  if ('suffix' in range) return { first: Math.max(0, size - range.suffix), last: size - 1 };
  const { offset = 0, length = size } = range;
  return { first: offset, last: Math.min(size, offset + length) - 1 };
}
