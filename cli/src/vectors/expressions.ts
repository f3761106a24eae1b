/** The expression vectors: a template and its variables in, its text or its error out. */
import { renderDeep, renderText, scopeOf } from '../../../worker/src/expression/index.ts';
import { isJsonObject, parseJson, stringifyJson } from '../../../worker/src/protocol/json.ts';
import { jq } from './jq.ts';
import type { KvAnswer, Services } from '../../../worker/src/expression/index.ts';
import type { Json, JsonObject } from '../../../worker/src/protocol/json.ts';

export async function runExpressionVector(vector: unknown): Promise<Record<string, unknown>> {
  const { template, vars, context } = parseVector(vector);
  const variables = Object.fromEntries(Object.entries(vars));
  const scope = scopeOf(variables);
  const options = { recursive: context['recursiveRendering'] === true };
  if (typeof template === 'string') {
    const text = await renderText(template, scope, servicesOf(context, vars), options);
    return text.ok ? { text: text.value } : { error: text.error.message };
  }
  const value = await renderDeep(template, scope, servicesOf(context, vars), options);
  return value.ok ? { value: value.value } : { error: value.error.message };
}

interface ExpressionVector {
  readonly template: Json;
  readonly vars: JsonObject;
  readonly context: JsonObject;
}

function parseVector(vector: unknown): ExpressionVector {
  const plain = parseJson(stringifyJson(vector));
  if (!isJsonObject(plain)) throw new Error('a vector is a map');
  return { template: plain['template'] ?? null, vars: mapIn(plain, 'vars'), context: mapIn(plain, 'context') };
}

/** The world that `context` describes, and the real clock and randomness. */
function servicesOf(context: JsonObject, vars: JsonObject): Services {
  const home = textIn(mapIn(vars, 'flow'), 'namespace');
  return {
    now: () => Date.now(),
    timeZone: 'UTC',
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    secret: (key, namespace = home) => textIn(namespaceIn(context, 'secrets', namespace), key),
    kv: (key, namespace = home) => kvAnswer(namespaceIn(context, 'kv', namespace), key),
    read: (path, namespace = home) => contentOf(context, path, namespace),
    fileSize: (path, namespace = home) => new TextEncoder().encode(contentOf(context, path, namespace)).length,
    fileExists: (path, namespace = home) => findContent(context, path, namespace) !== undefined,
    isFileEmpty: (path, namespace = home) => contentOf(context, path, namespace) === '',
    errorLogs: () => listIn(context, 'logs').filter((entry) => isJsonObject(entry) && entry['level'] === 'ERROR'),
    jq,
  };
}

/** The map of a namespace; without one, the only map there is. */
function namespaceIn(context: JsonObject, name: string, namespace: string | undefined): JsonObject {
  const namespaces = mapIn(context, name);
  const names = Object.keys(namespaces);
  const [only] = names;
  return mapIn(namespaces, namespace ?? (names.length === 1 && only !== undefined ? only : ''));
}

function kvAnswer(store: JsonObject, key: string): KvAnswer {
  const value = Object.hasOwn(store, key) ? store[key] : undefined;
  return value === undefined ? { state: 'missing' } : { state: 'found', value };
}

const SCHEME = 'kestra://';

function findContent(context: JsonObject, path: string, namespace: string | undefined): string | undefined {
  if (path.startsWith(SCHEME)) return textIn(mapIn(context, 'storage'), path.slice(SCHEME.length));
  return textIn(namespaceIn(context, 'namespaceFiles', namespace), path);
}

function contentOf(context: JsonObject, path: string, namespace: string | undefined): string {
  const content = findContent(context, path, namespace);
  if (content === undefined) throw new Error(`Unable to read the file '${path}': it does not exist`);
  return content;
}

function mapIn(map: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return isJsonObject(value) ? value : {};
}

function listIn(map: JsonObject, key: string): Json[] {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return Array.isArray(value) ? value : [];
}

function textIn(map: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
