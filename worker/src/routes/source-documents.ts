/** Dashboards, apps and tests: what they share as documents that are written in YAML, kept byte for byte and given back. */
import type { Context } from 'hono';
import * as storedSources from '../db/stored-sources.ts';
import type { SourceRef, StoredSource } from '../db/stored-sources.ts';
import { AppError } from '../errors.ts';
import type { ErrorDetail } from '../errors.ts';
import { parseYaml } from '../flow/yaml.ts';
import { FLOW_SOURCE_BYTES_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

/** What is read of a document; the rest is for whoever shows it. */
export interface DocumentHead {
  id?: string;
  namespace?: string;
  title?: string;
  description?: string;
}

const ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

export function readHead(
  source: string,
  required: readonly (keyof DocumentHead)[],
): Result<DocumentHead, ErrorDetail[]> {
  const { value, problems } = parseYaml(source);
  if (problems.length > 0)
    return fail(problems.map(({ message, code, line, column }) => ({ detail: message, code, line, column })));
  if (!isJsonObject(value)) return fail([{ detail: 'must be a map', code: 'wrong-type' }]);
  const errors: ErrorDetail[] = [];
  const read = (name: keyof DocumentHead): string | undefined => {
    const member: Json | undefined = value[name];
    if (typeof member === 'string' && member !== '') return member;
    const isMissing = member === undefined || member === null;
    if (!isMissing || required.includes(name))
      errors.push({ detail: isMissing ? 'must not be empty' : 'must be text', pointer: name });
    return undefined;
  };
  const [id, namespace, description] = [read('id'), read('namespace'), read('description')];
  const title = read('title') ?? (typeof value.displayName === 'string' ? value.displayName : undefined);
  if (id !== undefined && !ID.test(id))
    errors.push({ detail: 'must be letters, digits, ".", - and _, and start with a letter or digit', pointer: 'id' });
  return errors.length > 0 ? fail(errors) : ok({ id, namespace, title, description });
}

export function validHead(source: string, required: readonly (keyof DocumentHead)[]): DocumentHead {
  const head = readHead(source, required);
  if (!head.ok) {
    const lines = head.error.map(({ pointer, detail }) => (pointer === undefined ? detail : `${pointer}: ${detail}`));
    throw new AppError('invalid_body', lines.join('\n'), { errors: head.error });
  }
  if (new TextEncoder().encode(source).byteLength > FLOW_SOURCE_BYTES_MAX)
    throw new AppError('too_large', `A source may have ${FLOW_SOURCE_BYTES_MAX} bytes.`);
  return head.value;
}

export async function createDocument(
  c: Context<AppEnv>,
  ref: SourceRef,
  source: string,
  { title, description }: DocumentHead,
): Promise<StoredSource> {
  const { tenant, now } = c.var;
  const row: StoredSource = {
    ...ref,
    title: title ?? ref.id,
    description: description ?? null,
    source,
    createdAt: now,
    updatedAt: now,
  };
  if (await storedSources.create(tenant, row)) return row;
  throw new AppError('already_exists', `The ${ref.kind} ${nameOf(ref)} exists already; update it instead.`);
}

/** The id and the namespace of a document do not change: they are its address. */
export async function updateDocument(
  c: Context<AppEnv>,
  ref: SourceRef,
  source: string,
  head: DocumentHead,
): Promise<StoredSource> {
  const errors = (['id', 'namespace'] as const)
    .filter((name) => head[name] !== undefined && ref[name] !== '' && ref.kind !== 'app' && head[name] !== ref[name])
    .map((name) => ({ detail: `must be ${ref[name]}, as in the path, and is ${head[name]}`, pointer: name }));
  if (errors.length > 0) {
    throw new AppError('invalid_body', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('\n'), {
      errors,
    });
  }
  const row = await storedSources.update(c.var.tenant, ref, {
    title: head.title ?? ref.id,
    description: head.description ?? null,
    source,
    updatedAt: c.var.now,
  });
  if (row === undefined) throw documentNotFound(ref);
  return row;
}

export async function findDocument(c: Context<AppEnv>, ref: SourceRef): Promise<StoredSource> {
  const row = await storedSources.find(c.var.tenant, ref);
  if (row === undefined) throw documentNotFound(ref);
  return row;
}

export async function deleteDocument(c: Context<AppEnv>, ref: SourceRef): Promise<Response> {
  if (!(await storedSources.remove(c.var.tenant, ref))) throw documentNotFound(ref);
  return c.body(null, 204);
}

function documentNotFound(ref: SourceRef): AppError {
  return new AppError('not_found', `There is no ${ref.kind} ${nameOf(ref)}.`);
}

function nameOf({ namespace, id }: SourceRef): string {
  return namespace === '' ? id : `${namespace}.${id}`;
}
