import type { Context } from 'hono';
import type { AppEnv } from '../middleware/context.ts';
import type { FileContent } from '../tenant-files.ts';

/** The part of a file that a request asks for; undefined for all of it, and for a range that says nothing to us. */
export function rangeOf(c: Context<AppEnv>): R2Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range') ?? '') ?? [];
  if (first === '') return last === '' || Number(last) === 0 ? undefined : { suffix: Number(last) };
  if (last === '') return { offset: Number(first) };
  return Number(first) > Number(last) ? undefined : { offset: Number(first), length: Number(last) - Number(first) + 1 };
}

/** A file of a user: a download that no browser runs. */
export function fileAnswer({ body, size, part }: FileContent, name: string): Response {
  return new Response(body, {
    status: part === undefined ? 200 : 206,
    headers: {
      ...DOWNLOAD,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'Accept-Ranges': 'bytes',
      'Content-Length': String(part?.length ?? size),
      ...(part && { 'Content-Range': `bytes ${part.offset}-${part.offset + part.length - 1}/${size}` }),
    },
  });
}

export const DOWNLOAD = {
  'Content-Type': 'application/octet-stream',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
} as const;
