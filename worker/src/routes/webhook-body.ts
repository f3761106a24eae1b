/** The body of a webhook's call: JSON, a form, a text or a file. */
import { AppError } from '../errors.ts';
import { WEBHOOK_BODY_BYTES_MAX } from '../limits.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { ExecutionFiles } from '../storage.ts';

export interface WebhookBody {
  /** Parsed when it is JSON; the text of anything else that is text; null for files and for nothing. */
  body: Json;
  form?: Record<string, string[]>;
  files: SentFile[];
}

interface SentFile {
  /** Of the form; empty when the body itself is the file. */
  field: string;
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

/** Not more than is allowed, whatever length the caller has declared. */
export async function readBytes({ body }: Request, max = WEBHOOK_BODY_BYTES_MAX): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > max) throw new AppError('too_large', `The call of a webhook has at most ${max} bytes.`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

export async function readWebhookBody(bytes: Uint8Array, headers: Headers): Promise<WebhookBody> {
  const contentType = headers.get('content-type') ?? '';
  if (bytes.byteLength === 0) return { body: null, files: [] };
  if (/^multipart\/form-data\b/i.test(contentType)) return fromForm(bytes, contentType);
  const text = textOf(bytes);
  const json = text === undefined ? undefined : jsonOf(text);
  if (json !== undefined) return { body: json, files: [] };
  if (text === undefined || !isText(contentType)) {
    return { body: null, files: [{ field: '', name: nameIn(headers), contentType, bytes }] };
  }
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return { body: text, files: [] };
  return { body: text, form: fieldsOf(new URLSearchParams(text)), files: [] };
}

/** `trigger.form` and `trigger.files`, which name files where they will be. */
export function bodyVariables(
  { body, form, files }: WebhookBody,
  triggerId: string,
  place: ExecutionFiles,
): JsonObject {
  return {
    body,
    ...(form && { form }),
    ...(files.length > 0 && {
      files: files.map(({ field, name, contentType, bytes }, index) => ({
        ...{ uri: place.triggerUri(triggerId, storedName(name, index)), name, contentType },
        ...{ size: bytes.byteLength, field },
      })),
    }),
  };
}

export async function storeFiles({ files }: WebhookBody, triggerId: string, place: ExecutionFiles): Promise<void> {
  for (const [index, { name, bytes }] of files.entries()) {
    await place.putOfTrigger(triggerId, storedName(name, index), bytes);
  }
}

/** Two files may have one name. */
function storedName(name: string, index: number): string {
  return `${index}/${name}`;
}

async function fromForm(bytes: Uint8Array, contentType: string): Promise<WebhookBody> {
  let parts: FormData;
  try {
    parts = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is no valid form: check the boundary of its Content-Type.', { cause });
  }
  const fields: [string, string][] = [];
  const files: SentFile[] = [];
  for (const [field, part] of parts) {
    if (typeof part === 'string') fields.push([field, part]);
    // Browsers send a nameless part for a field of files in which none was chosen.
    else if (part.name !== '' || part.size > 0) {
      const content = new Uint8Array(await part.arrayBuffer());
      files.push({ field, name: part.name || 'file', contentType: part.type, bytes: content });
    }
  }
  return { body: null, form: fieldsOf(fields), files };
}

function fieldsOf(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const values = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(Array.from(values, ([name, all]) => [name, all.map(([, value]) => value)]));
}

/** An object or a list, whatever the content type says: any other JSON is a text. */
function jsonOf(text: string): Json | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isText(contentType: string): boolean {
  return contentType === '' || /^text\/|json|xml|yaml|csv|javascript|graphql|urlencoded/i.test(contentType);
}

function nameIn(headers: Headers): string {
  const disposition = headers.get('content-disposition') ?? '';
  const [, quoted, plain] = /filename="([^"]*)"|filename=([^\s;]+)/i.exec(disposition) ?? [];
  return (quoted ?? plain) || 'body';
}
