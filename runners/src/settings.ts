/** What this runner is told: by flags, else by the environment, else by a policy file beside its key. */
import { availableParallelism, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RUNNER_SLOTS_MAX } from '../../worker/src/limits.ts';
import { EngineChoice, readPolicy } from './policy.ts';
import type { BubblewrapPolicy, ContainerPolicy } from './policy.ts';
import type { Transport } from './supervisor.ts';
import { UsageError } from './usage-error.ts';

export interface EnrollSettings {
  url: string;
  token: string;
  tenant: string;
  state: string;
  name: string;
}

export interface RunSettings {
  state: string;
  slots: number;
  transport: Transport;
  allowProcess: boolean;
  dockerAsProcess: boolean;
  containerEngine: EngineChoice;
  containers: ContainerPolicy;
  /** Absent: no sandboxes. */
  bubblewrap?: BubblewrapPolicy;
  jobsMax?: number;
  idleMs?: number;
}

type Environment = Record<string, string | undefined>;

export function enrollSettings(args: string[], env: Environment): EnrollSettings {
  const { url, token, tenant, state, name } = flags(args, {
    url: { type: 'string', default: env['RONDO_URL'] },
    token: { type: 'string', default: env['RONDO_ENROLMENT_TOKEN'] },
    tenant: { type: 'string', default: env['RONDO_TENANT'] },
    state: { type: 'string', default: stateDirectory(env) },
    name: { type: 'string', default: hostname() },
  });
  const settings = {
    url: needed(url, '--url'),
    token: needed(token, '--token'),
    state: needed(state, '--state'),
    name: needed(name, '--name'),
  };
  if (!URL.canParse(settings.url)) throw new UsageError(`--url: "${settings.url}" is no URL`);
  if (!settings.token.startsWith('rnd_enr_')) throw new UsageError('--token: this is no enrolment token (rnd_enr_…)');
  return { ...settings, tenant: needed(tenant, '--tenant') };
}

export async function runSettings(args: string[], env: Environment): Promise<RunSettings> {
  const given = flags(args, {
    state: { type: 'string', default: stateDirectory(env) },
    slots: { type: 'string', default: env['RONDO_RUNNER_SLOTS'] },
    transport: { type: 'string', default: env['RONDO_RUNNER_TRANSPORT'] ?? 'auto' },
    'allow-process': { type: 'boolean', default: isOn(env['RONDO_ALLOW_PROCESS']) },
    'docker-as-process': { type: 'boolean', default: isOn(env['RONDO_DOCKER_AS_PROCESS']) },
    'container-engine': { type: 'string', default: env['RONDO_CONTAINER_ENGINE'] },
    bubblewrap: { type: 'boolean', default: isOn(env['RONDO_BUBBLEWRAP']) },
    once: { type: 'boolean', default: false },
    'max-jobs': { type: 'string' },
    'idle-timeout': { type: 'string' },
  });
  const state = needed(given.state, '--state');
  const policy = await readPolicy(join(state, 'policy.json'));
  const { transport } = given;
  if (transport !== 'auto' && transport !== 'ws' && transport !== 'poll') {
    throw new UsageError(`--transport: "${transport}" is none of auto, ws, poll`);
  }
  const engine = EngineChoice.safeParse(given['container-engine'] ?? policy.containerEngine ?? 'auto');
  if (!engine.success) throw new UsageError(`--container-engine: it is one of ${EngineChoice.options.join(', ')}`);
  const jobsMax = given.once === true ? 1 : count(given['max-jobs'], '--max-jobs', Number.MAX_SAFE_INTEGER);
  const idleSeconds = count(given['idle-timeout'], '--idle-timeout (seconds)', 1_000_000);
  return {
    state,
    slots:
      count(given.slots, '--slots', RUNNER_SLOTS_MAX) ??
      policy.slots ??
      Math.min(availableParallelism(), RUNNER_SLOTS_MAX),
    transport,
    allowProcess: given['allow-process'] === true || policy.allowProcess,
    dockerAsProcess: given['docker-as-process'] === true || policy.dockerAsProcess,
    containerEngine: engine.data,
    containers: policy.containers,
    bubblewrap: policy.bubblewrap ?? (given.bubblewrap === true ? { network: true, readOnly: [] } : undefined),
    jobsMax,
    idleMs: idleSeconds === undefined ? undefined : idleSeconds * 1000,
  };
}

export function stateOnly(args: string[], env: Environment): string {
  return needed(flags(args, { state: { type: 'string', default: stateDirectory(env) } }).state, '--state');
}

function stateDirectory(env: Environment): string {
  return env['RONDO_RUNNER_STATE'] ?? join(homedir(), '.rondo-runner');
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function flags<const T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function needed(value: string | boolean | undefined, flag: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`${flag} is missing`);
}

function count(value: string | boolean | undefined, flag: string, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new UsageError(`${flag}: "${value}" is no whole number from 1 to ${max}`);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on)$/i.test(value);
}
