/** `policy.json` in the state directory: what the owner of this machine allows, whatever the server wants. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RUNNER_SLOTS_MAX } from '../../worker/src/limits.ts';
import { UsageError } from './usage-error.ts';

const ContainerPolicy = z.strictObject({
  /** Regular expressions; an image must fit one of them whole. */
  images: z.array(z.string().refine(isRegExp, 'must be a regular expression')).default(['.*']),
  /** Directories of this machine that a task may mount, or one below them. */
  volumes: z.array(z.string().startsWith('/')).default([]),
  networks: z.array(z.string()).default(['bridge', 'none']),
  privileged: z.boolean().default(false),
  /** What a container gets at most, and when it asks for nothing. */
  cpus: z.number().positive().optional(),
  memoryBytes: z.int().positive().optional(),
  processes: z.int().positive().default(1024),
  /** Arguments of the engine before its command. */
  engineArguments: z.array(z.string()).default([]),
});
export type ContainerPolicy = z.infer<typeof ContainerPolicy>;

const BubblewrapPolicy = z.strictObject({
  network: z.boolean().default(true),
  /** More of this machine that a program may read. */
  readOnly: z.array(z.string().startsWith('/')).default([]),
});
export type BubblewrapPolicy = z.infer<typeof BubblewrapPolicy>;

export const CONTAINER_ENGINES = ['docker', 'podman', 'nerdctl'] as const;
export type ContainerEngine = (typeof CONTAINER_ENGINES)[number];
/** `auto`: the first that works. */
export const EngineChoice = z.enum([...CONTAINER_ENGINES, 'auto', 'none']);
export type EngineChoice = z.infer<typeof EngineChoice>;

const Policy = z.strictObject({
  allowProcess: z.boolean().default(false),
  dockerAsProcess: z.boolean().default(false),
  slots: z.int().min(1).max(RUNNER_SLOTS_MAX).optional(),
  containerEngine: EngineChoice.optional(),
  containers: ContainerPolicy.prefault({}),
  /** Given: jobs may run in sandboxes. */
  bubblewrap: BubblewrapPolicy.optional(),
});
export type Policy = z.infer<typeof Policy>;

export async function readPolicy(path: string): Promise<Policy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return parsePolicy({});
  }
  try {
    return parsePolicy(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UsageError(`${path} is not a policy: ${why}`);
  }
}

export function parsePolicy(value: unknown): Policy {
  return Policy.parse(value);
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}
