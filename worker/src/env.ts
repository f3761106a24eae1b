/** The Worker's bindings and variables. Nothing else reads the environment: the rest of the Worker gets a `Config`. */
import { z } from 'zod';
import { RUNNER_LEASE_MS } from './limits.ts';
import type { AuditObject } from './objects/audit-object.ts';
import type { ExecutionObject } from './objects/execution-object.ts';
import type { FlowObject } from './objects/flow-object.ts';
import type { RunnerGroupObject } from './objects/runner-group-object.ts';
import type { SchedulerObject } from './objects/scheduler-object.ts';
import type { TerraformStateObject } from './objects/terraform-state-object.ts';

export interface Env {
  EXECUTIONS: DurableObjectNamespace<ExecutionObject>;
  FLOWS: DurableObjectNamespace<FlowObject>;
  SCHEDULERS: DurableObjectNamespace<SchedulerObject>;
  RUNNER_GROUPS: DurableObjectNamespace<RunnerGroupObject>;
  AUDIT_LOGS: DurableObjectNamespace<AuditObject>;
  TERRAFORM_STATES: DurableObjectNamespace<TerraformStateObject>;
  DIRECTORY: D1Database;
  DATA_0: D1Database;
  STORAGE: R2Bucket;
  FACTS: Queue;
  ASSETS: Fetcher;
  /** The master secret, or several as `version:secret`, newest first and joined by commas. */
  RONDO_SECRET: string;
  /** Hosts and ports that flows may call although they are not public; joined by commas. */
  RONDO_EGRESS_ALLOW?: string;
  /** Where people reach this deployment, when it is not where requests seem to come to. */
  RONDO_URL?: string;
  /** Milliseconds of a runner's lease; the other times of runners follow it. For tests: `RUNNER_LEASE_MS` says why it is as it is. */
  RONDO_LEASE_MS?: string;
}

export interface MasterSecret {
  version: number;
  secret: string;
}

export interface Config {
  /** Newest first: the first one encrypts, all of them decrypt. */
  secrets: [MasterSecret, ...MasterSecret[]];
  egressAllow: string[];
  url?: string;
  runnerLeaseMs: number;
}

const SECRET_CHARS_MIN = 32;

const Secrets = z.string().transform((text, context): Config['secrets'] => {
  const secrets = text.split(',').map((entry): MasterSecret => {
    const [, version = '1', secret = ''] = /^\s*(?:(\d+):)?(.*?)\s*$/.exec(entry) ?? [];
    return { version: Number(version), secret };
  });
  const [newest, ...older] = secrets;
  if (newest === undefined || secrets.some(({ secret }) => secret.length < SECRET_CHARS_MIN)) {
    context.addIssue({
      code: 'custom',
      message: `RONDO_SECRET: each secret needs at least ${SECRET_CHARS_MIN} characters`,
    });
    return z.NEVER;
  }
  return [newest, ...older];
});

const Variables = z.object({
  RONDO_SECRET: Secrets,
  RONDO_EGRESS_ALLOW: z.string().default(''),
  RONDO_URL: z.url().optional(),
  RONDO_LEASE_MS: z.coerce.number().int().min(400).default(RUNNER_LEASE_MS),
});

const configs = new WeakMap<object, Config>();

/** Throws when a variable is missing or malformed: a deployment that cannot keep secrets must not start. */
export function configOf(env: Env): Config {
  let config = configs.get(env);
  if (config === undefined) {
    config = readConfig(env);
    configs.set(env, config);
  }
  return config;
}

export function readConfig(variables: Partial<Record<keyof z.input<typeof Variables>, unknown>>): Config {
  const {
    RONDO_SECRET: secrets,
    RONDO_EGRESS_ALLOW: allow,
    RONDO_URL: url,
    RONDO_LEASE_MS: runnerLeaseMs,
  } = Variables.parse(variables);
  const egressAllow = allow
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  return { secrets, egressAllow, url: url?.replace(/\/$/, ''), runnerLeaseMs };
}

/** The databases that tenants' rows are spread over, by shard number. A new shard is a binding and an entry here. */
export function dataShards(env: Env): D1Database[] {
  return [env.DATA_0];
}
