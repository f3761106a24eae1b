/** One HTTP exchange of a task: the request is built from its properties, the answer judged by them. */
import { HTTP_BODY_BYTES_MAX } from '../../limits.ts';
import { isJsonObject, stringifyJson } from '../../protocol/json.ts';
import type { Json } from '../../protocol/json.ts';
import { milliseconds } from '../properties.ts';
import { TaskFailure } from '../task.ts';
import type { EdgeContext } from '../task.ts';
import type { HttpInput } from './http-properties.ts';
import { readText } from './read-text.ts';

/** Sends the request; throws TaskFailure when there is no answer, or one that the task does not allow. */
export async function send(input: HttpInput, context: EdgeContext): Promise<Response> {
  const url = urlOf(input);
  const headers = new Headers(input.headers);
  const form = input.formData === undefined ? undefined : await formBody(input, context);
  // The boundary of a multipart body is known only to whoever writes it.
  if (input.contentType !== undefined && !(form instanceof FormData)) headers.set('content-type', input.contentType);
  const authorization = authorizationOf(input);
  if (authorization !== undefined && !headers.has('authorization')) headers.set('authorization', authorization);

  const timeout = timeoutOf(input);
  const signal =
    timeout === undefined ? context.signal : AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
  const method = input.method.toUpperCase();
  let response: Response;
  try {
    response = await context.fetch(url.href, {
      method,
      headers,
      body: form ?? input.body,
      redirect: input.options?.followRedirects === false ? 'manual' : 'follow',
      signal,
    });
  } catch (cause) {
    if (cause instanceof TaskFailure) throw cause;
    const reason =
      cause instanceof Error && cause.name === 'TimeoutError' ? `no answer within ${timeout} ms` : messageOf(cause);
    throw new TaskFailure(`Request to ${url.origin} failed: ${reason}`);
  }
  context.log('DEBUG', `${method} ${url.origin}${url.pathname} answered ${response.status}`);
  if (!isAllowed(response.status, input)) {
    const body = await readText(response, 2_000, undefined, { cut: true });
    const said = body === '' ? response.statusText : body;
    throw new TaskFailure(`Failed http request with response code '${response.status}' and body:\n${said}`, {
      code: response.status,
      headers: headersOf(response),
      uri: response.url || url.href,
      body,
    });
  }
  return response;
}

export function headersOf(response: Response): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of response.headers) {
    const key = name.toLowerCase();
    if (Object.hasOwn(headers, key)) headers[key]?.push(value);
    else headers[key] = [value];
  }
  return headers;
}

/** The longest body that the task accepts, in bytes. */
export function bodyMax({ options }: HttpInput): number {
  return Math.min(options?.maxContentLength ?? HTTP_BODY_BYTES_MAX, HTTP_BODY_BYTES_MAX);
}

function isAllowed(status: number, { allowFailed, options }: HttpInput): boolean {
  const codes = options?.allowedResponseCodes;
  if (codes !== undefined && codes.length > 0) return codes.includes(status);
  return status < 400 || allowFailed || options?.allowFailed === true;
}

function urlOf({ uri, params }: HttpInput): URL {
  const url = URL.parse(uri.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TaskFailure(`Invalid uri \`${uri}\`: it must begin with http:// or https://.`);
  }
  for (const [name, value] of Object.entries(params ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, fieldText(item as Json));
  }
  return url;
}

function authorizationOf({ options }: HttpInput): string | undefined {
  const auth = options?.auth;
  if (auth?.token !== undefined && auth.type !== 'BASIC') return `Bearer ${auth.token}`;
  const username = auth?.username ?? options?.basicAuthUser;
  if (username === undefined) return undefined;
  const password = auth?.password ?? options?.basicAuthPassword ?? '';
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function timeoutOf({ options }: HttpInput): number | undefined {
  const times = [
    options?.timeout?.connectTimeout ?? options?.connectTimeout,
    options?.timeout?.readIdleTimeout ?? options?.readIdleTimeout ?? options?.readTimeout,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + milliseconds(time), 0);
}

async function formBody(
  { formData = {}, contentType }: HttpInput,
  context: EdgeContext,
): Promise<FormData | URLSearchParams> {
  if (contentType?.startsWith('multipart/form-data') !== true) {
    const fields = new URLSearchParams();
    for (const [name, value] of Object.entries(formData)) fields.append(name, fieldText(value as Json));
    return fields;
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(formData)) {
    const file = fileOf(value as Json);
    if (file === undefined) form.append(name, fieldText(value as Json));
    else form.append(name, await blobOf(file.uri, context), file.name);
  }
  return form;
}

/** A URI of a stored file, or a map that gives one a name. */
function fileOf(value: Json): { uri: string; name: string } | undefined {
  if (typeof value === 'string' && value.startsWith('kestra://'))
    return { uri: value, name: value.slice(value.lastIndexOf('/') + 1) };
  if (isJsonObject(value) && typeof value.content === 'string' && value.content.startsWith('kestra://')) {
    return {
      uri: value.content,
      name: typeof value.name === 'string' ? value.name : value.content.slice(value.content.lastIndexOf('/') + 1),
    };
  }
  return undefined;
}

/** Multipart bodies are made in memory, so that their files are bounded. */
async function blobOf(uri: string, { storage }: EdgeContext): Promise<Blob> {
  const { body, size } = await storage.get(uri);
  if (size > HTTP_BODY_BYTES_MAX) {
    await body.cancel();
    throw new TaskFailure(
      `The file ${uri} has ${size} bytes, more than the ${HTTP_BODY_BYTES_MAX} that a form may hold.`,
    );
  }
  return await new Response(body).blob();
}

function fieldText(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
