/** What the world offers to an edge task, bound to its tenant, its execution and its limits. */
import { z } from 'zod';
import * as executions from '../db/executions.ts';
import * as keyValues from '../db/key-values.ts';
import { refuseClosed } from '../db/namespaces.ts';
import type { KvRow } from '../db/key-values.ts';
import { guardedFetch } from '../egress.ts';
import { configOf } from '../env.ts';
import type { Env } from '../env.ts';
import { isExecutionId } from '../ids.ts';
import { namespaceFileOf, NamespaceTree } from '../namespace-files.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { kvValueOf, toKvType } from '../protocol/kv-value.ts';
import type { KvType } from '../protocol/kv-value.ts';
import { LOG_LEVELS, STATES } from '../protocol/states.ts';
import { ExecutionFiles } from '../storage.ts';
import { TaskFailure } from '../tasks/task.ts';
import type { EdgeContext, Executions, KeyValue, KeyValueEntry, NamespaceFiles, Storage } from '../tasks/task.ts';
import { Tenant } from '../tenant.ts';
import type { EdgeCall, EdgeHost } from './edge-call.ts';

type EdgeServices = Pick<
  EdgeContext,
  'signal' | 'fetch' | 'storage' | 'kv' | 'files' | 'render' | 'randomId' | 'executions'
>;

export function edgeServices(call: EdgeCall, host: EdgeHost, env: Env, signal: AbortSignal): EdgeServices {
  const tenant = new Tenant(env, call.tenant);
  const { egressAllow, url } = configOf(env);
  const ownHosts = url === undefined ? [] : [new URL(url).hostname];
  const send = guardedFetch({ allow: egressAllow, ownHosts, depth: call.depth });
  return {
    signal,
    fetch: (input, init) =>
      send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
    storage: storageOf(tenant, call),
    kv: keyValueOf(tenant, call.identity.namespace),
    files: filesOf(tenant, call.identity.namespace),
    render: async (value, extra) => {
      const answer = parseJson(await host.render(stringifyJson({ value, extra: extra ?? {} }))) as Rendering;
      if (!answer.ok) throw new TaskFailure(answer.error.message);
      return answer.value;
    },
    randomId: () => crypto.randomUUID(),
    executions: executionsOf(tenant, call),
  };
}

/** A Result as it crosses. */
type Rendering = { ok: true; value: Json } | { ok: false; error: { message: string } };

function storageOf(tenant: Tenant, { identity, related }: EdgeCall): Storage {
  const files = new ExecutionFiles(tenant.files, identity, related);
  const namespaceFiles = filesOf(tenant, identity.namespace);
  /** A path alone is no URI: only what says that it is a namespace file is one. */
  const named = (uri: string) => (isUri(uri) ? namespaceFileOf(uri, identity.namespace) : undefined);
  const get = async (uri: string) => {
    const file = named(uri);
    if (file === undefined) return files.get(uri);
    const found = await namespaceFiles.get(file.namespace, file.path);
    if (found === undefined) throw new TaskFailure(`There is no file ${uri}.`);
    return found;
  };
  return {
    put: (name, body) => files.putOfTask(identity.taskId, identity.taskRunId, name, body),
    get,
    async size(uri) {
      const file = named(uri);
      if (file === undefined) return files.size(uri);
      await refuseClosed(tenant, file.namespace, identity.namespace);
      return new NamespaceTree(tenant.files).size(file.namespace, file.path);
    },
    delete: (uri) => files.delete(uri),
    list: () => files.list(),
  };
}

function isUri(text: string): boolean {
  return /^(kestra|nsfile):\/\//.test(text);
}

function keyValueOf(tenant: Tenant, from: string): KeyValue {
  return {
    async get(namespace, key) {
      await refuseClosed(tenant, namespace, from);
      const row = await keyValues.find(tenant, namespace, key);
      return row && !keyValues.isExpired(row, Date.now()) ? toEntry(row) : undefined;
    },
    async set(namespace, key, value, options = {}) {
      await refuseClosed(tenant, namespace, from);
      const at = Date.now();
      const typed = options.type === undefined ? kvValueOf(value) : toKvType(value, options.type as KvType);
      if (typed === undefined) throw new TaskFailure(`The value of '${key}' is no ${options.type}`);
      const written = await keyValues.put(tenant, {
        namespace,
        key,
        ...typed,
        at,
        overwrite: options.overwrite ?? true,
        ...(options.description !== undefined && { description: options.description }),
        ...(options.ttlMs !== undefined && { expiresAt: at + options.ttlMs }),
      });
      if (!written)
        throw new TaskFailure(`Cannot set value for key '${key}'. Key already exists and overwrite is set to false.`);
    },
    async delete(namespace, key) {
      await refuseClosed(tenant, namespace, from);
      return (await keyValues.remove(tenant, namespace, [key])).length > 0;
    },
    async keys(namespace, prefix) {
      await refuseClosed(tenant, namespace, from);
      return (await keyValues.list(tenant, [namespace], prefix)).map(toEntry);
    },
  };
}

function filesOf(tenant: Tenant, from: string): NamespaceFiles {
  const tree = new NamespaceTree(tenant.files);
  const open = async (namespace: string) => {
    await refuseClosed(tenant, namespace, from);
    return tree;
  };
  return {
    list: async (namespace) => (await open(namespace)).list(namespace),
    get: async (namespace, path) => (await open(namespace)).get(namespace, path),
    put: async (namespace, path, body) => (await open(namespace)).put(namespace, path, body),
    delete: async (namespace, path) => (await open(namespace)).delete(namespace, path),
  };
}

function toEntry({ key, value, type, description, expiresAt }: KvRow): KeyValueEntry {
  return {
    key,
    value,
    type,
    ...(description !== undefined && { description }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function executionsOf(tenant: Tenant, { identity }: EdgeCall): Executions {
  const unavailable = (what: string) => () =>
    Promise.reject(new TaskFailure(`${what} is not available on this server`));
  return {
    count: (query) => executions.count(tenant, toCountQuery(query)),
    async resume(executionId: string, inputs: JsonObject) {
      if (!isExecutionId(executionId)) throw new TaskFailure(`There is no execution ${executionId}`);
      const answer = await tenant.execution(executionId).act(executionId, stringifyJson({ type: 'resume', inputs }));
      if (!answer.ok) throw new TaskFailure(answer.error.message);
    },
    purge: unavailable('Purging executions'),
    async logs(query) {
      const { executionId = identity.executionId, tasksId, level } = LogProperties.parse(query);
      if (!isExecutionId(executionId)) throw new TaskFailure(`There is no execution ${executionId}`);
      const text = await tenant
        .execution(executionId)
        .logs(executionId, level === undefined ? {} : { minLevel: level });
      if (text === undefined) throw new TaskFailure(`There is no execution ${executionId}`);
      const entries = parseJson(text) as JsonObject[];
      return entries.filter(
        ({ taskId }) => tasksId === undefined || (typeof taskId === 'string' && tasksId.includes(taskId)),
      );
    },
    async toggleTrigger(trigger, isEnabled) {
      const answer = await tenant.scheduler().setDisabled(trigger, !isEnabled);
      if (!answer.ok) throw new TaskFailure(answer.error.message);
    },
  };
}

/** As the Count task describes it, rendered. */
function toCountQuery(query: JsonObject): executions.CountQuery {
  const parsed = CountProperties.safeParse(query);
  if (!parsed.success) throw new TaskFailure(`Executions cannot be counted: ${z.prettifyError(parsed.error)}`);
  const { flows, states, namespace, startDate, endDate } = parsed.data;
  return {
    flows: flows ?? [{ namespace }],
    states,
    ...(startDate !== undefined && { startAt: Date.parse(startDate) }),
    ...(endDate !== undefined && { endAt: Date.parse(endDate) }),
  };
}

const LogProperties = z.object({
  executionId: z.string().optional(),
  tasksId: z.array(z.string()).optional(),
  level: z.enum(LOG_LEVELS).optional(),
});

const CountProperties = z.object({
  flows: z.array(z.object({ namespace: z.string(), flowId: z.string().optional() })).optional(),
  namespace: z.string().default(''),
  states: z.array(z.enum(STATES)).default([]),
  startDate: z.iso.datetime({ offset: true }).optional(),
  endDate: z.iso.datetime({ offset: true }).optional(),
});
