/** What every task that runs on a runner accepts, whatever its language. */
import * as z from '../../zod.ts';
import type { JobSpec, TaskRunnerType } from '../../protocol/job.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { namespaceFiles } from '../namespace-files.ts';
import {
  deprecated,
  dynamic,
  dynamicBoolean,
  dynamicText,
  dynamicTextMap,
  dynamicTexts,
  extension,
} from '../properties.ts';
import { bubblewrapRunner, processRunner, taskRunnerDefinitions } from '../runner/task-runners.ts';

export const scriptProperties = {
  containerImage: dynamicText().optional().describe('Image of the container; that of the language when absent.'),
  taskRunner: dynamic(extension(() => taskRunnerDefinitions))
    .optional()
    .describe('Where it runs: in a container, or as a process.'),
  runner: deprecated(dynamic(z.enum(['DOCKER', 'PROCESS'])), 'Use `taskRunner` instead of `runner`.').optional(),
  docker: deprecated(
    z.record(z.string(), z.unknown()),
    'Use `taskRunner` and `containerImage` instead of `docker`.',
  ).optional(),
  beforeCommands: dynamicTexts().default([]).describe('Shell lines that run first; a failing one ends the task.'),
  interpreter: dynamicTexts().optional().describe('Program that runs the shell lines.'),
  failFast: dynamicBoolean().default(true).describe('End at the first line that fails.'),
  env: dynamicTextMap().default({}).describe('Environment variables.'),
  inputFiles: dynamicTextMap().default({}).describe('Path -> content, or the URI of a stored file.'),
  outputFiles: dynamicTexts().default([]).describe('Globs of the files to keep.'),
  outputDirectory: deprecated(
    dynamicBoolean(),
    'Write to `{{ outputDir }}` instead of using `outputDirectory`.',
  ).optional(),
  namespaceFiles: namespaceFiles().optional(),
  warningOnStdErr: deprecated(dynamicBoolean(), 'The state of a script depends on its exit code.').optional(),
  targetOS: dynamicText().optional().describe('LINUX, WINDOWS or AUTO.'),
  stdOutLogLevel: dynamicText().optional(),
  logIsJson: dynamicBoolean().optional(),
};

export const dependencyProperties = {
  dependencies: dynamicTexts().default([]).describe('Packages that are installed before the script runs.'),
  dependencyCacheEnabled: dynamicBoolean().default(true).describe('Keep installed packages for later tasks.'),
  packageManager: dynamicText().optional(),
};

export const ScriptOutput = z.object({
  exitCode: z.int().describe('How the process ended; other than 0 fails the task.'),
  vars: z.record(z.string(), z.unknown()).describe('Values that the script gave as outputs.'),
  outputFiles: z.record(z.string(), z.string()).describe('Path -> URI of the kept files.'),
  stdOutLineCount: z.int().optional(),
  stdErrLineCount: z.int().optional(),
  taskRunner: z.record(z.string(), z.unknown()).optional(),
});

const Input = z.object({ ...scriptProperties, ...dependencyProperties });
type Input = Omit<z.output<typeof Input>, keyof typeof dependencyProperties> & Partial<z.output<typeof Input>>;

/** What a runner needs beside the work itself. */
export interface ScriptLanguage {
  name: string;
  image: string;
  interpreter?: string[];
}

export function jobOf(input: Input, work: JobSpec['work'], language: ScriptLanguage): JobSpec {
  const kind = kindOf(input.taskRunner?.type, input.runner);
  const { type: _type, ...options } = input.taskRunner ?? { type: '' };
  const { dependencies = [] } = input;
  return {
    beforeCommands: input.beforeCommands,
    work,
    interpreter: input.interpreter ?? language.interpreter ?? ['/bin/sh', '-c'],
    failFast: input.failFast,
    env: input.env,
    inputFiles: input.inputFiles,
    outputFiles: input.outputFiles,
    namespaceFiles: input.namespaceFiles,
    taskRunner: {
      type: kind,
      options: input.docker === undefined ? options : { ...input.docker, ...options },
    },
    containerImage: kind !== 'docker' ? undefined : (input.containerImage ?? imageOf(input.docker) ?? language.image),
    warningOnStdErr: input.warningOnStdErr ?? false,
    dependencies:
      dependencies.length === 0
        ? undefined
        : { language: language.name, packages: dependencies, cache: input.dependencyCacheEnabled ?? true },
  };
}

/** The task runner that the source names; undefined when only an expression knows it. */
export function declaredTaskRunner({ taskRunner, runner }: JsonObject): TaskRunnerType | undefined {
  const declared = scriptProperties.taskRunner.safeParse(taskRunner);
  return declared.success ? kindOf(declared.data?.type, runner) : undefined;
}

function kindOf(type: string | undefined, runner: unknown): TaskRunnerType {
  if (type === undefined) return runner === 'PROCESS' ? 'process' : 'docker';
  if (type === bubblewrapRunner.type) return 'bubblewrap';
  return type === processRunner.type ? 'process' : 'docker';
}

function imageOf(docker: Record<string, unknown> | undefined): string | undefined {
  return typeof docker?.image === 'string' ? docker.image : undefined;
}
