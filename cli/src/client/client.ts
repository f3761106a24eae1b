/** The public API over HTTP: one place that knows the base path, the credential, and what a failure looks like. */
import { parseJson, stringifyJson, type Json } from '../../../worker/src/protocol/json.ts';
import { CliError, messageOf } from '../cli-error.ts';
import { ProblemError, readProblem } from './problem.ts';

export interface Connection {
  url: string;
  tenant: string;
  token: string;
}

export interface Request {
  query?: Record<string, string | number | boolean | string[] | undefined>;
  body?: string | FormData;
  json?: unknown;
  contentType?: string;
  signal?: AbortSignal;
}

/** Long enough for a slow deploy, short enough to notice a dead server. */
const TIMEOUT_MS = 60_000;

export class Client {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** JSON from a path below the tenant: `flows/search`. */
  async call(method: string, path: string, request: Request = {}): Promise<Json> {
    const response = await this.send(method, path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...request });
    const text = await response.text();
    return text === '' ? null : this.#parse(text, `${method} ${path}`);
  }

  /** The raw answer of a path below the tenant; an error status has become a `ProblemError`. */
  async send(method: string, path: string, request: Request = {}): Promise<Response> {
    const { url, tenant, token } = this.connection;
    return send(method, `${url}/api/v1/${encodeURIComponent(tenant)}/${path}`, {
      ...request,
      headers: { authorization: `Bearer ${token}` },
    });
  }

  /** The bytes of an execution's file. */
  async file(executionId: string, uri: string): Promise<Uint8Array> {
    const response = await this.send('GET', `executions/${executionId}/file`, { query: { path: uri } });
    return new Uint8Array(await response.arrayBuffer());
  }

  #parse(text: string, request: string): Json {
    try {
      return parseJson(text);
    } catch (error) {
      throw new CliError(`the answer to ${request} is not JSON`, {
        remedy: `check that ${this.connection.url} is a Rondo server`,
        cause: error,
      });
    }
  }
}

/** The answer, or nothing when what was asked for is not there (any more). */
export async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

/** One request to an absolute address; also used before there is a token. */
export async function send(
  method: string,
  address: string,
  { query, body, json, contentType, signal, headers }: Request & { headers?: Record<string, string> },
): Promise<Response> {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) url.searchParams.append(name, String(item));
    }
  }
  const type = contentType ?? (json === undefined ? undefined : 'application/json');
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      body: json === undefined ? body : stringifyJson(json),
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      signal,
    });
  } catch (error) {
    throw new CliError(`cannot reach ${url.origin}: ${reasonOf(error)}`, {
      remedy: 'check the address (--url, RONDO_URL) and that the server runs',
      cause: error,
    });
  }
  if (!response.ok) throw await readProblem(`${method} ${url.pathname}`, response);
  return response;
}

/** fetch hides the reason (`ECONNREFUSED`) in the cause. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? messageOf(error.cause) || messageOf(error)
    : messageOf(error);
}
