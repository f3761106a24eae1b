/** What a request that does not fit its schema is answered with. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import { AppError } from '../errors.ts';
import type { ErrorDetail } from '../errors.ts';
import type { AppEnv, GlobalEnv } from './context.ts';

/** A router whose routes are described by schemas (`createRoute`): requests that do not fit are refused with a 422. */
export function routes<E extends GlobalEnv = AppEnv>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: (result) => {
      if (!result.success) throw invalid(result.target, result.error);
    },
  });
}

function invalid(target: string, error: Pick<ZodError, 'issues'>): AppError {
  const errors = issueDetails(error);
  const message = `The request is not valid: ${errors.map(errorLine).join('; ')}`;
  return new AppError(target === 'json' || target === 'form' ? 'invalid_body' : 'invalid_parameter', message, {
    errors,
  });
}

/** `tasks[0].url: must not be empty` */
export function errorLine({ pointer, detail }: ErrorDetail): string {
  return pointer ? `${pointer}: ${detail}` : detail;
}

export function issueDetails(error: Pick<ZodError, 'issues'>): ErrorDetail[] {
  return error.issues.map(({ path, message }) => ({
    detail: message,
    ...(path.length > 0 && { pointer: pointerTo(path) }),
  }));
}

/** `tasks[0].message` */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key, n) => (typeof key === 'number' ? `[${key}]` : `${n === 0 ? '' : '.'}${String(key)}`)).join('');
}
