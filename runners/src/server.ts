/** The server's HTTP side: requests, and what a refusal means. */
import { z } from 'zod';

/** A refusal that the server explains, or none at all (`status` 0: it could not be reached). */
export class ServerError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ServerError';
    this.status = status;
    this.code = code;
  }

  /** The same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ServerRequest {
  token?: string;
  /** Sent as it is. */
  body?: string | Blob;
  contentType?: string;
  headers?: Record<string, string>;
  query?: Record<string, string | number>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

const Problem = z.object({
  code: z.string().default(''),
  detail: z.string().optional(),
  message: z.string().optional(),
});

/** How long an answer may take, unless the request says otherwise. */
const ANSWER_MS = 30_000;

export class Server {
  /** `…/api/v1/<tenant>/` */
  readonly #base: string;

  constructor(url: string, tenant: string) {
    this.#base = `${url.replace(/\/+$/, '')}/api/v1/${encodeURIComponent(tenant)}/`;
  }

  /** The channel's address. */
  webSocketUrl(path: string): string {
    return (this.#base + path).replace(/^http/, 'ws');
  }

  async send(method: string, path: string, request: ServerRequest = {}): Promise<Response> {
    const { token, body, contentType = 'application/json', query = {}, timeoutMs = ANSWER_MS, signal } = request;
    const url = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const headers = new Headers(request.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', contentType);
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers,
        body,
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
    } catch (error) {
      throw new ServerError(0, 'unreachable', `${url.origin} cannot be reached: ${reasonOf(error)}`, error);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async json<Schema extends z.ZodType>(
    method: string,
    path: string,
    answer: Schema,
    body: unknown,
    token?: string,
  ): Promise<z.output<Schema>> {
    const response = await this.send(method, path, { body: JSON.stringify(body), token });
    return parseAnswer(response, answer);
  }
}

/** Throws a ServerError for an answer that is not of the protocol. */
export async function parseAnswer<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    throw new ServerError(
      response.status,
      'no_protocol',
      `The answer of ${response.url} is not JSON. Is this the address of a Rondo server?`,
      error,
    );
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const what = z.prettifyError(parsed.error);
  throw new ServerError(
    response.status,
    'no_protocol',
    `The answer of ${response.url} is of another protocol: ${what}`,
  );
}

async function refusal(response: Response): Promise<ServerError> {
  const { status } = response;
  const text = await response.text().catch(() => '');
  try {
    const { code, detail, message } = Problem.parse(JSON.parse(text));
    return new ServerError(status, code, detail ?? message ?? `answered ${status}`);
  } catch {
    return new ServerError(
      status,
      '',
      `${response.url} answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
