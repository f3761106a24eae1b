/** The one place that talks HTTP: same origin, the session's cookie, JSON without loss, problems as errors.
 *  The pages and the API are deployed together, so a good answer has the type its caller names. */
import { parseJson, stringifyJson } from '../../../../worker/src/protocol/json.ts';
import { ApiProblem, problemOf } from './problem.ts';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, byte for byte. */
  yaml?: string;
  form?: FormData;
  signal?: AbortSignal;
}

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const text = await response.text();
  return (text === '' ? undefined : parseJson(text)) as T;
}

export async function send(path: string, options: RequestOptions): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(urlOf(path, options.query), {
      method: options.method ?? 'GET',
      headers: headersOf(options),
      body: bodyOf(options),
      credentials: 'same-origin',
      signal: options.signal,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiProblem({ status: 0, title: 'No connection', detail: 'The server could not be reached.', errors: [] });
  }
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response;
}

export function urlOf(path: string, query: RequestOptions['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(name, String(item));
  }
  const text = params.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

/** Joins path segments, each one encoded. */
export function pathOf(...segments: string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

function headersOf({ json, yaml }: RequestOptions): Record<string, string> {
  const accept = { accept: 'application/json' };
  if (json !== undefined) return { ...accept, 'content-type': 'application/json' };
  if (yaml !== undefined) return { ...accept, 'content-type': 'application/x-yaml' };
  return accept;
}

function bodyOf({ json, yaml, form }: RequestOptions): BodyInit | undefined {
  if (json !== undefined) return stringifyJson(json);
  return yaml ?? form;
}
