/** Calls operations by their ids, and holds every answer against what the OpenAPI document says about it. */
import { expect } from 'vitest';
import { z } from 'zod';
import { createApp } from '../app.ts';
import { describeApi } from '../openapi/document.ts';
import { assert } from '../result.ts';

const document = describeApi(createApp());

interface Documented {
  method: string;
  path: string;
  operationId: string;
  tags: [string];
  security?: unknown[];
  'x-permission': string[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

export const documentedOperations: Documented[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);
const byId = new Map(documentedOperations.map((operation) => [operation.operationId, operation]));

export interface Call {
  params?: Record<string, string>;
  query?: string;
  init?: RequestInit;
}

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** The answer's JSON, or its text; throws when it is not as documented. */
export async function call(fetch: Fetch, operationId: string, request: Call = {}) {
  const operation = byId.get(operationId);
  assert(operation !== undefined, `there is an operation ${operationId}`);
  const answer = await fetch(urlOf(operation, request), { method: operation.method, ...request.init });
  return { status: answer.status, body: await judged(operation, answer) };
}

export function urlOf({ path }: Documented, { params = {}, query = '' }: Call): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? (name === 'tenant' ? 'acme' : 'x'));
  return query === '' ? filled : `${filled}?${query}`;
}

/** Checks status, media type and body of an answer against the document. */
export async function judged(operation: Documented, answer: Response): Promise<unknown> {
  const name = `${operation.operationId} (${answer.status})`;
  const type = answer.headers.get('content-type')?.split(';')[0];
  const text = type === 'text/event-stream' ? '' : await answer.text();
  const documented = operation.responses[String(answer.status)];
  expect(documented, `${name} is documented; it answered ${text.slice(0, 500)}`).toBeDefined();
  const { content } = documented ?? {};
  if (content === undefined) {
    expect(text, `${name} has no body`).toBe('');
    return undefined;
  }
  expect(Object.keys(content), `the media type of ${name}`).toContain(type);
  if (type === undefined || !type.endsWith('json')) return text;
  const body: unknown = JSON.parse(text);
  const fits = schemaOf(content[type]?.schema ?? {}).safeParse(body);
  expect(fits.error && z.prettifyError(fits.error), `the body of ${name}: ${text.slice(0, 500)}`).toBeUndefined();
  return body;
}

function schemaOf(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components?.schemas ?? {} });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}
