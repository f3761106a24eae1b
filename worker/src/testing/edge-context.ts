/** The world of an edge task, in memory: what is put can be read back, and what was logged can be looked at. */
import { renderDeep, scopeOf } from '../expression/index.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { EdgeContext, KeyValueEntry, Metric } from '../tasks/task.ts';
import { TaskFailure } from '../tasks/task.ts';

export interface MemoryWorld {
  context: EdgeContext;
  /** URI -> content. */
  stored: Map<string, string>;
  /** `namespace/key` -> entry. */
  values: Map<string, KeyValueEntry>;
  /** `namespace:/path` -> content. */
  files: Map<string, string>;
  logs: string[];
  metrics: Metric[];
}

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export function memoryWorld({ fetch = refuseToFetch, ...more }: Partial<EdgeContext> = {}): MemoryWorld {
  const stored = new Map<string, string>();
  const values = new Map<string, KeyValueEntry>();
  const files = new Map<string, string>();
  const logs: string[] = [];
  const metrics: Metric[] = [];
  const context: EdgeContext = {
    identity: {
      tenant: 'main',
      namespace: 'company.team',
      flowId: 'flow',
      flowRevision: 1,
      executionId: 'Aexecution',
      taskId: 'task',
      taskRunId: 'taskrun',
      attempt: 1,
      iteration: [],
    },
    signal: new AbortController().signal,
    now: () => NOW,
    randomId: () => 'random',
    log: (level, message) => logs.push(`${level} ${message}`),
    metric: (metric) => metrics.push(metric),
    setLabels: () => undefined,
    setVariables: () => undefined,
    exit: () => undefined,
    fetch,
    storage: {
      async put(name, body) {
        const uri = `kestra:///task/${stored.size}/${name}`;
        const content = await new Response(body).text();
        stored.set(uri, content);
        return { uri, size: new TextEncoder().encode(content).length };
      },
      async get(uri) {
        const content = stored.get(uri);
        if (content === undefined) throw new TaskFailure(`The file ${uri} does not exist.`);
        const bytes = new TextEncoder().encode(content);
        return { body: streamOf(bytes), size: bytes.length };
      },
      size: async (uri) => {
        const content = stored.get(uri);
        return content === undefined ? undefined : new TextEncoder().encode(content).length;
      },
      delete: async (uri) => stored.delete(uri),
      list: async () => [...stored.keys()],
    },
    kv: {
      get: async (namespace, key) => values.get(`${namespace}/${key}`),
      async set(namespace, key, value, options = {}) {
        const expiresAt = options.ttlMs === undefined ? undefined : NOW + options.ttlMs;
        values.set(`${namespace}/${key}`, { key, value, type: options.type ?? 'STRING', expiresAt });
      },
      delete: async (namespace, key) => values.delete(`${namespace}/${key}`),
      keys: async (namespace, prefix = '') =>
        [...values].filter(([path]) => path.startsWith(`${namespace}/${prefix}`)).map(([, entry]) => entry),
    },
    files: {
      list: async (namespace) =>
        [...files.keys()]
          .filter((path) => path.startsWith(`${namespace}:`))
          .map((path) => path.slice(namespace.length + 1)),
      async get(namespace, path) {
        const content = files.get(`${namespace}:${path}`);
        if (content === undefined) return undefined;
        const bytes = new TextEncoder().encode(content);
        return { body: streamOf(bytes), size: bytes.length };
      },
      async put(namespace, path, body) {
        files.set(`${namespace}:${path}`, await new Response(body).text());
        return { uri: `kestra:///${namespace.replaceAll('.', '/')}/_files${path}` };
      },
      delete: async (namespace, path) => files.delete(`${namespace}:${path}`),
    },
    render: async (value, extra = {}) => renderJson(value, extra),
    executions: {
      count: async () => [],
      resume: async () => undefined,
      purge: async () => ({}),
      logs: async () => [],
      toggleTrigger: async () => undefined,
    },
    ...more,
  };
  return { context, stored, values, files, logs, metrics };
}

/** Comes in small chunks, so that readers meet lines that are cut anywhere. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += 7)));
    },
  });
}

async function renderJson(value: Json, extra: JsonObject): Promise<Json> {
  const services = {
    now: () => NOW,
    timeZone: 'UTC',
    random: () => 0,
    randomBytes: (length: number) => new Uint8Array(length),
  };
  const rendered = await renderDeep(value, scopeOf(extra), services);
  if (!rendered.ok) throw new TaskFailure(rendered.error.message);
  return parseJson(stringifyJson(rendered.value));
}

const refuseToFetch: typeof fetch = async (input) => {
  throw new Error(`nothing answers ${String(input)}`);
};
