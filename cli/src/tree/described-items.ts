/** namespace.yaml, kv.yaml and secrets.yaml of a namespace's folder, and what the server says of the same things. */
import { z } from 'zod';
import { isJsonObject, stringifyJson, type Json, type JsonObject } from '../../../worker/src/protocol/json.ts';
import { KV_KEY, readKvBody } from '../../../worker/src/protocol/kv-value.ts';
import { NewNamespace } from '../../../worker/src/protocol/names.ts';
import { CliError } from '../cli-error.ts';
import type { Secret } from '../client/answers.ts';
import { EXIT } from '../exit-codes.ts';
import type { Content, WantedItem } from './item.ts';
import { MARKER, userMembers } from './managed.ts';
import { readYaml, sorted, yamlText } from './yaml-text.ts';

export function readNamespaceFile(text: string, place: string): WantedItem {
  const document = readMap(text, place);
  const id = NewNamespace.safeParse(document['id']);
  if (!id.success) {
    const [issue] = id.error.issues;
    throw invalid(`${place}: id ${document['id'] === undefined ? 'is missing' : (issue?.message ?? 'is wrong')}`, {
      remedy: 'name the namespace of this folder: `id: acme.data`',
    });
  }
  if (MARKER in document)
    throw invalid(`${place}: ${MARKER} is written by apply`, { remedy: 'take it out of the file' });
  return { kind: 'namespace', namespace: id.data, name: id.data, place, content: namespaceContent(document) };
}

export function namespaceContent(document: JsonObject): Content {
  return { text: yamlText(sorted(userMembers(document))) };
}

export function readKvFile(text: string, namespace: string, place: string): WantedItem[] {
  return Object.entries(readMap(text, place)).map(([name, value]) => {
    if (!KV_KEY.test(name)) {
      throw invalid(`${place}: \`${name}\` is no key`, {
        remedy: 'letters, digits, ".", - and _, and a letter or digit first',
      });
    }
    return { kind: 'kv', namespace, name, place, content: kvContent(value) };
  });
}

/** As the server will keep it: it writes durations and instants in one way, whatever way they came. */
export function kvContent(value: Json): Content {
  return { text: yamlText(sorted(readKvBody(stringifyJson(value)).value)) };
}

/** What to send for a content that `kvContent` made. */
export function kvBody(content: Content, name: string): string {
  return stringifyJson('text' in content ? readYaml(content.text, `the value of ${name}`) : null);
}

const SecretEntry = z
  .strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
      .optional(),
    description: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
  })
  .nullable();

export function readSecretsFile(text: string, namespace: string, place: string): WantedItem[] {
  return Object.entries(readMap(text, place)).map(([name, value]) => {
    // A text would be the value itself: it must not even be repeated in the message.
    if (typeof value !== 'object') {
      throw invalid(`${place}: the secret ${name} has a value in the file`, {
        remedy: `files hold references only: \`${name}: { env: ${name} }\`. Take the value out, and consider it known to others`,
      });
    }
    const entry = SecretEntry.safeParse(value);
    if (!entry.success) {
      const [issue] = entry.error.issues;
      throw invalid(`${place}: ${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`, {
        remedy: 'a secret has env, description and tags (a map of texts)',
      });
    }
    const { env, description, tags } = entry.data ?? {};
    const content = secretContent({ description, tags: tags ?? {} });
    return { kind: 'secret', namespace, name: name.toUpperCase(), place, content, ...(env && { variable: env }) };
  });
}

export interface SecretText {
  description?: string;
  tags: Record<string, string>;
}

/** Everything about a secret but its value. */
export function secretContent({ description, tags }: SecretText): Content {
  const members = {
    ...(description !== undefined && { description }),
    ...(Object.keys(tags).length > 0 && { tags: sorted(tags) }),
  };
  return { text: Object.keys(members).length === 0 ? '' : yamlText(members) };
}

export function presentSecret({ description, tags }: Secret): Content {
  return secretContent({ description, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) });
}

export function readSecretContent(content: Content): SecretText {
  const value = 'text' in content ? readYaml(content.text, 'a secret') : null;
  return z
    .object({ description: z.string().optional(), tags: z.record(z.string(), z.string()).default({}) })
    .parse(value ?? {});
}

function readMap(text: string, place: string): JsonObject {
  const value = readYaml(text, place) ?? {};
  if (isJsonObject(value)) return value;
  throw invalid(`${place}: must be a map`, { remedy: 'write lines like `name: value`' });
}

function invalid(message: string, { remedy }: { remedy: string }): CliError {
  return new CliError(message, { exitCode: EXIT.validation, remedy });
}
