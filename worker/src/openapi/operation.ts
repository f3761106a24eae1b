/** What the document says about a route beyond its permission. A route that was made by `createRoute` brings its schemas along;
 *  of the others they stand here. */
import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

export interface Operation {
  id: string;
  summary: string;
  query?: z.ZodObject;
  body?: Content;
  /** Absent: as the route itself describes it. */
  answer?: Answer;
  /** Faults of its own, beside those that every route has. */
  errors?: readonly ErrorCode[];
}

/** A media type, and for JSON what it holds. */
export interface Content {
  type: string;
  schema?: z.ZodType;
  isOptional?: boolean;
}

export interface Answer {
  status: number;
  description: string;
  content?: Content;
}

/** `GET /{tenant}/flows/search` -> its operation; paths begin after `/api/v1`. */
export type Operations = Readonly<Record<string, Operation>>;

export function json(description: string, schema: z.ZodType): Answer {
  return { status: 200, description, content: { type: 'application/json', schema } };
}

export function file(description: string, type: string): Answer {
  return { status: 200, description, content: { type } };
}

export function empty(status: 200 | 202 | 204, description = 'Done'): Answer {
  return { status, description };
}

export function jsonBody(schema: z.ZodType): Content {
  return { type: 'application/json', schema };
}
