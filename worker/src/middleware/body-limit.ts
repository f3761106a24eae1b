import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { AppError } from '../errors.ts';
import { BODY_BYTES_MAX, FILE_BODY_BYTES_MAX } from '../limits.ts';
import type { GlobalEnv } from './context.ts';

/** Refuses bodies beyond the limit: at once by their declared length, else when the bytes have come. */
export const bodyLimit = createMiddleware<GlobalEnv>(async function bodyLimit(c, next) {
  const { body, headers } = c.req.raw;
  if (body !== null) {
    const max =
      declaredMax(c) ?? (holdsFiles(headers.get('content-type') ?? '') ? FILE_BODY_BYTES_MAX : BODY_BYTES_MAX);
    const length = headers.get('content-length');
    if (length === null) c.req.raw = withBody(c.req.raw, body.pipeThrough(counting(max)));
    else if (Number(length) > max) throw tooLarge(max);
  }
  await next();
});

const declared = new WeakMap<object, number>();

/** A limit of a route's own, whatever the content type. */
export function bodyUpTo<E extends GlobalEnv>(bytes: number): MiddlewareHandler<E> {
  const handler: MiddlewareHandler<E> = (_c, next) => next();
  declared.set(handler, bytes);
  return handler;
}

function declaredMax(c: Context): number | undefined {
  return matchedRoutes(c)
    .map(({ handler }) => declared.get(handler))
    .find((bytes) => bytes !== undefined);
}

function withBody(request: Request, body: ReadableStream): Request {
  return new Request(request, { method: request.method, body });
}

function holdsFiles(contentType: string): boolean {
  return /^(multipart\/form-data|application\/octet-stream|application\/zip)\b/i.test(contentType);
}

function counting(max: number): TransformStream<Uint8Array, Uint8Array> {
  let count = 0;
  return new TransformStream({
    transform(chunk, controller) {
      count += chunk.byteLength;
      if (count > max) controller.error(tooLarge(max));
      else controller.enqueue(chunk);
    },
  });
}

function tooLarge(max: number): AppError {
  return new AppError('too_large', `The request body has more than ${max} bytes.`);
}
