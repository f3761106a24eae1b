/** The execution that a path names, and the object that holds it. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import { isExecutionId } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import type { AppEnv } from '../middleware/context.ts';
import type { Answer } from '../objects/execution-object.ts';

/** A text that is no id of ours names no execution. */
export function executionIdOf(c: Context<AppEnv>): ExecutionId {
  const id = c.req.param('id') ?? '';
  if (!isExecutionId(id)) throw executionNotFound(id);
  return id;
}

export function objectOf(c: Context<AppEnv>) {
  const id = executionIdOf(c);
  return { id, object: c.var.tenant.execution(id) };
}

export function executionNotFound(id: string): AppError {
  return new AppError('not_found', `Execution ${id} not found`);
}

/** Throws what the object refused with. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new AppError(answer.error.code, answer.error.message);
}

/** Throws when there is no such execution. */
export function found<T>(c: Context<AppEnv>, value: T | undefined): T {
  if (value === undefined) throw executionNotFound(c.req.param('id') ?? '');
  return value;
}

/** An answer that an object made: JSON text, sent as it is. */
export function jsonText(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'Content-Type': 'application/json' } });
}

export function eventStream(stream: ReadableStream<Uint8Array>): Response {
  return new Response(stream, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
  });
}
