/** What a container engine is told to run a program, as the owner of the machine allows it. Pure.
 *   C1. A container has no rights, sees nothing of the machine but the job's directories, and has bounds.
 *   C2. Values of the environment are not in the arguments, which every user of the machine can see. */
import { z } from 'zod';
import { fail, ok } from '../../../worker/src/result.ts';
import type { Result } from '../../../worker/src/result.ts';
import type { ContainerPolicy } from '../policy.ts';
import type { Program } from './task-runner.ts';

const texts = z.array(z.string()).default([]);
const number = z.coerce.number().positive();

/** Of the properties of `scripts.runner.docker.Docker`, those that say something to an engine. */
const Options = z.object({
  image: z.string().optional(),
  user: z.string().optional(),
  entryPoint: texts,
  extraHosts: texts,
  networkMode: z.string().optional(),
  volumes: texts,
  pullPolicy: z.enum(['IF_NOT_PRESENT', 'ALWAYS', 'NEVER']).default('IF_NOT_PRESENT'),
  cpu: z.object({ cpus: number.optional() }).default({}),
  memory: z
    .object({
      memory: z.string().optional(),
      memorySwap: z.string().optional(),
      memoryReservation: z.string().optional(),
    })
    .default({}),
  shmSize: z.string().optional(),
  privileged: z.boolean().default(false),
  deviceRequests: z.array(z.unknown()).default([]),
  portBindings: texts,
  credentials: z.unknown().optional(),
  config: z.unknown().optional(),
});

const PULL = { IF_NOT_PRESENT: 'missing', ALWAYS: 'always', NEVER: 'never' } as const;
const DEFAULT_NETWORK = 'bridge';

export interface Owner {
  uid: number;
  gid: number;
}

export function containerArguments(
  program: Program,
  policy: ContainerPolicy,
  owner: Owner | undefined,
): Result<string[], string> {
  const parsed = Options.safeParse(program.options);
  if (!parsed.success) return fail(`The taskRunner is not valid: ${z.prettifyError(parsed.error)}`);
  const options = parsed.data;
  const image = options.image ?? program.image;
  if (image === undefined) return fail('The task names no containerImage.');
  const network = options.networkMode ?? DEFAULT_NETWORK;
  const refusal = refusalOf(options, image, network, policy);
  if (refusal !== undefined) return fail(`${refusal} (policy of this runner)`);
  const memory = memoryBytes(options.memory.memory, policy.memoryBytes);
  if (!memory.ok) return memory;
  const cpus = least(options.cpu.cpus, policy.cpus);
  const user = options.user ?? (owner && `${owner.uid}:${owner.gid}`);
  const [entryPoint, ...entryArguments] = options.entryPoint;
  return ok([
    ...['run', '--rm', '--name', program.name, `--pull=${PULL[options.pullPolicy]}`, `--network=${network}`],
    ...(options.privileged ? ['--privileged'] : ['--cap-drop=ALL', '--security-opt=no-new-privileges']),
    ...['--read-only', '--tmpfs=/tmp', `--pids-limit=${policy.processes}`],
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(cpus === undefined ? [] : [`--cpus=${cpus}`]),
    ...(memory.value === undefined ? [] : [`--memory=${memory.value}`]),
    ...(options.memory.memorySwap === undefined ? [] : [`--memory-swap=${options.memory.memorySwap}`]),
    ...(options.memory.memoryReservation === undefined
      ? []
      : [`--memory-reservation=${options.memory.memoryReservation}`]),
    ...(options.shmSize === undefined ? [] : [`--shm-size=${options.shmSize}`]),
    ...options.extraHosts.map((host) => `--add-host=${host}`),
    ...[program.root, ...options.volumes].map(
      (volume) => `--volume=${volume.includes(':') ? volume : `${volume}:${volume}`}`,
    ),
    `--workdir=${program.workingDir}`,
    ...Object.keys(program.env).flatMap((name) => ['--env', name]),
    `--entrypoint=${entryPoint ?? ''}`,
    ...[image, ...entryArguments, ...program.argv],
  ]);
}

function refusalOf(
  options: z.output<typeof Options>,
  image: string,
  network: string,
  policy: ContainerPolicy,
): string | undefined {
  if (image.startsWith('-') || !policy.images.some((allowed) => new RegExp(`^(?:${allowed})$`).test(image)))
    return `The image ${image} is not allowed`;
  if (!policy.networks.includes(network)) return `The network ${network} is not allowed`;
  if (options.privileged && !policy.privileged) return 'Privileged containers are not allowed';
  const volume = options.volumes.find((each) => !isAllowedVolume(each, policy.volumes));
  if (volume !== undefined) return `The volume ${volume} is not allowed`;
  if (options.portBindings.length > 0) return 'A task may not open ports of the machine';
  if (options.deviceRequests.length > 0 && !policy.privileged) return 'Devices of the machine are not allowed';
  if (options.credentials !== undefined || options.config !== undefined)
    return 'Credentials come from the engine of the machine: log it in there';
  return undefined;
}

function isAllowedVolume(volume: string, allowed: readonly string[]): boolean {
  const [source = ''] = volume.split(':');
  if (!source.startsWith('/') || source.split('/').includes('..')) return false;
  return allowed.some((directory) => source === directory || source.startsWith(`${directory.replace(/\/+$/, '')}/`));
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Sizes as flows write them: `512MB`, `1g`, a number of bytes. */
function memoryBytes(asked: string | undefined, most: number | undefined): Result<number | undefined, string> {
  if (asked === undefined) return ok(most);
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)i?B?$/i.exec(asked.trim()) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (amount === undefined || factor === undefined) return fail(`"${asked}" is no size of memory; write it like 512MB`);
  return ok(least(Math.floor(Number(amount) * factor), most));
}

function least(asked: number | undefined, most: number | undefined): number | undefined {
  if (asked === undefined || most === undefined) return asked ?? most;
  return Math.min(asked, most);
}
