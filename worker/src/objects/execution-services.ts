/** What expressions of an execution may ask of the world: keys, secrets and files of its tenant, and what it knows of itself. */
import type { Execution } from '../engine/execution.ts';
import type { Services } from '../expression/services.ts';
import * as keyValues from '../db/key-values.ts';
import { refuseClosed } from '../db/namespaces.ts';
import * as secrets from '../db/secrets.ts';
import type { Config } from '../env.ts';
import { AppError } from '../errors.ts';
import { isPublicHoliday } from '../holidays.ts';
import { FILE_READ_BYTES_MAX } from '../limits.ts';
import { namespaceFileOf, NamespaceTree } from '../namespace-files.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { withParents } from '../protocol/namespace-tree.ts';
import { ExecutionFiles } from '../storage.ts';
import type { Tenant } from '../tenant.ts';
import { jq } from './jq.ts';

export interface ExecutionWorld {
  tenant: Tenant;
  config: Config;
  namespace: string;
  flowId: string;
  executionId: string;
  now(): number;
  /** The state that is being folded, for what an execution asks about itself. */
  current(): Execution | undefined;
  errorLogs(): Json;
  /** A secret was read: its value must not show in logs. */
  onSecret(value: string): void;
}

export function executionServices(world: ExecutionWorld): Services {
  const { tenant, config } = world;
  const tree = new NamespaceTree(tenant.files);
  const files = () => new ExecutionFiles(tenant.files, world, relatedTo(world.current()));
  const fileAt = async (path: string, inNamespace?: string) => {
    const named = namespaceFileOf(path, inNamespace ?? world.namespace);
    if (named !== undefined) await refuseClosed(tenant, named.namespace, world.namespace);
    return named;
  };
  const sizeOf = async (path: string, namespace?: string) => {
    const named = await fileAt(path, namespace);
    return named === undefined ? files().size(path) : tree.size(named.namespace, named.path);
  };
  const existing = async (path: string, namespace?: string) => {
    const size = await sizeOf(path, namespace);
    if (size === undefined) throw new AppError('not_found', `Unable to read the file '${path}': it does not exist`);
    return size;
  };
  return {
    now: world.now,
    timeZone: 'UTC',
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    async secret(key, namespace = world.namespace) {
      await refuseClosed(tenant, namespace, world.namespace);
      const value = await secrets.reveal(tenant, config.secrets, withParents(namespace), key);
      if (value !== undefined) world.onSecret(value);
      return value;
    },
    async kv(key, namespace) {
      if (namespace !== undefined) await refuseClosed(tenant, namespace, world.namespace);
      const row = await keyValues.findNearest(
        tenant,
        namespace === undefined ? withParents(world.namespace) : [namespace],
        key,
      );
      if (row === undefined) return { state: 'missing' };
      return keyValues.isExpired(row, world.now()) ? { state: 'expired' } : { state: 'found', value: row.value };
    },
    async read(path, namespace) {
      const named = await fileAt(path, namespace);
      const file = named === undefined ? await files().get(path) : await tree.get(named.namespace, named.path);
      if (file === undefined) throw new AppError('not_found', `Unable to read the file '${path}': it does not exist`);
      if (file.size > FILE_READ_BYTES_MAX) {
        await file.body.cancel();
        throw new AppError(
          'too_large',
          `Unable to read the file '${path}': it has more than ${FILE_READ_BYTES_MAX} bytes`,
        );
      }
      return new Response(file.body).text();
    },
    fileSize: existing,
    fileExists: async (path, namespace) => (await sizeOf(path, namespace)) !== undefined,
    isFileEmpty: async (path, namespace) => (await existing(path, namespace)) === 0,
    errorLogs: () => world.errorLogs(),
    tasksWithState: (state) => tasksWithState(world.current(), state),
    isPublicHoliday,
    jq,
  };
}

/** Executions whose files one may read too: its caller, those it came from, and those it called. */
export function relatedTo(execution: Execution | undefined): string[] {
  if (execution === undefined) return [];
  const { caller, parentId, originalId, trigger, taskRuns } = execution;
  const origin = trigger?.variables?.executionId;
  const children = [...taskRuns].flatMap(({ child }) => child?.executionId ?? []);
  return [caller?.executionId, parentId, originalId, origin, ...children].filter((id) => typeof id === 'string');
}

function tasksWithState(execution: Execution | undefined, state: string): JsonObject[] {
  const runs = [...(execution?.taskRuns ?? [])].filter(
    (run) => !run.removed && run.state.current === state.toUpperCase(),
  );
  return runs.map(({ taskId, value, state: { current } }) => ({
    taskId,
    ...(value !== undefined && { value }),
    state: current,
  }));
}
