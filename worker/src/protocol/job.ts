/** What a runner is asked to do: the rendered, tenant-neutral description of one task run. */
import { z } from 'zod';

/** Where a job runs is known only on the runner. So the edge renders `{{ workingDir }}` and `{{ outputDir }}` to these tokens,
 *  and the runner replaces each token by the path. A flow that writes a token itself names its own directory, nothing else. */
export const WORKING_DIR_TOKEN = '__RONDO_WORKING_DIR__';
export const OUTPUT_DIR_TOKEN = '__RONDO_OUTPUT_DIR__';

/** Replaces the tokens in any rendered text: a command, a script, a variable, the content of a file. */
export function placeDirectories(text: string, directories: { workingDir: string; outputDir: string }): string {
  return text.replaceAll(WORKING_DIR_TOKEN, directories.workingDir).replaceAll(OUTPUT_DIR_TOKEN, directories.outputDir);
}

export const TASK_RUNNER_TYPES = ['process', 'docker', 'bubblewrap'] as const;
export type TaskRunnerType = (typeof TASK_RUNNER_TYPES)[number];

/** Files that one execution of a flow leaves to the next. */
const WorkspaceCache = z.object({
  /** Globs relative to the workspace. */
  patterns: z.array(z.string()),
  /** Older ones count as none. */
  ttlMs: z.number().positive().optional(),
});
export type WorkspaceCache = z.infer<typeof WorkspaceCache>;

/** What is done once the files are in their places. */
const Work = z.discriminatedUnion('kind', [
  /** The text of a script, and the program that runs its file. */
  z.object({
    kind: z.literal('script'),
    script: z.string(),
    /** Of the file that the script is written to, with its dot: some programs look at it. */
    extension: z.string().regex(/^(\.[A-Za-z0-9]{1,16})?$/, 'must be a dot and letters, like .py'),
    program: z.array(z.string()).min(1),
  }),
  z.object({ kind: z.literal('commands'), commands: z.array(z.string()) }),
  /** Nothing more: the job is about files alone. */
  z.object({ kind: z.literal('files') }),
  /** Keep the directory for the jobs that run in it, until the server says that it is over. */
  z.object({ kind: z.literal('workspace'), cache: WorkspaceCache.optional() }),
]);

export const JobSpec = z.object({
  /** Lines run before the work; a failure aborts. */
  beforeCommands: z.array(z.string()).default([]),
  work: Work,
  /** Runs the lines: they are its last argument, joined with newlines, so that state persists between them. */
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
  /** Absent for work without a program. */
  taskRunner: z
    .object({ type: z.enum(TASK_RUNNER_TYPES), options: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
  containerImage: z.string().optional(),
  /** Output on stderr makes a successful task run WARNING. */
  warningOnStdErr: z.boolean().default(false),
  dependencies: z.object({ language: z.string(), packages: z.array(z.string()), cache: z.boolean() }).optional(),
});
export type JobSpec = z.infer<typeof JobSpec>;

/** What a finished program answers; the task run's outputs. */
export interface JobOutputs {
  exitCode: number;
  vars: Record<string, unknown>;
  /** Path in the workspace -> URI of the stored file. */
  outputFiles: Record<string, string>;
  stdOutLineCount: number;
  stdErrLineCount: number;
}
