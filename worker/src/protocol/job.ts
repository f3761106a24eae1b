/** What a runner is asked to do: the rendered, tenant-neutral description of one script task run. */
import { z } from 'zod';

export const JobSpec = z.object({
  /** Lines run before the work; a failure aborts. */
  beforeCommands: z.array(z.string()).default([]),
  /** Either the text of a script and the program that runs it, or shell lines. */
  work: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('script'), script: z.string(), extension: z.string(), program: z.array(z.string()).min(1) }),
    z.object({ kind: z.literal('commands'), commands: z.array(z.string()) }),
  ]),
  interpreter: z.array(z.string()).min(1).default(['/bin/sh', '-c']),
  failFast: z.boolean().default(true),
  env: z.record(z.string(), z.string()).default({}),
  /** Path in the workspace -> its content, or the URI of a stored file. */
  inputFiles: z.record(z.string(), z.string()).default({}),
  /** Globs relative to the workspace. */
  outputFiles: z.array(z.string()).default([]),
  namespaceFiles: z
    .object({
      enabled: z.boolean().default(true),
      namespaces: z.array(z.string()).default([]),
      include: z.array(z.string()).default([]),
      exclude: z.array(z.string()).default([]),
    })
    .optional(),
  taskRunner: z.object({ type: z.enum(['process', 'docker']), options: z.record(z.string(), z.unknown()).default({}) }),
  containerImage: z.string().optional(),
  warningOnStdErr: z.boolean().default(false),
  dependencies: z.object({ language: z.string(), packages: z.array(z.string()), cache: z.boolean() }).optional(),
});
export type JobSpec = z.infer<typeof JobSpec>;
