import * as z from '../../zod.ts';
import { parseDuration } from '../../protocol/duration.ts';
import { durationText, dynamicTextMap, dynamicTexts, handlers, taskList, text, withRules } from '../properties.ts';
import { namespaceFiles } from '../namespace-files.ts';
import { fileJob } from '../file-job.ts';
import { defineStructuralTask } from '../task.ts';

export const workingDirectory = defineStructuralTask({
  type: 'core.flow.WorkingDirectory',
  aliases: ['io.kestra.core.tasks.flows.WorkingDirectory', 'io.kestra.core.tasks.flows.Worker'],
  title: 'Run tasks one after the other in one directory',
  description: 'All of them run on the same runner and see the files of those before them.',
  input: withRules(
    z.object({
      tasks: taskList().describe('Runnable tasks, in order.'),
      namespaceFiles: namespaceFiles().optional(),
      inputFiles: dynamicTextMap().optional().describe('Path -> content, or the URI of a stored file.'),
      outputFiles: dynamicTexts().optional().describe('Globs of the files to keep.'),
      cache: z
        .object({ patterns: z.array(text()), ttl: durationText().optional() })
        .optional()
        .describe('Files kept from one execution to the next.'),
      ...handlers,
    }),
    ({ tasks }) =>
      Array.isArray(tasks) && tasks.length > 0 ? [] : [{ message: "The 'tasks' property cannot be empty" }],
  ),
  output: z.object({
    outputFiles: z.record(z.string(), z.string()).optional().describe('Path -> URI of the kept files.'),
  }),
  examples: [
    {
      title: 'Write a file, then read it',
      yaml: `tasks:
  - { id: write, type: scripts.shell.Commands, commands: ["echo hello > greeting.txt"] }
  - { id: read, type: scripts.shell.Commands, commands: ["cat greeting.txt"] }`,
    },
  ],
  plan: () => ({ kind: 'run', list: 'tasks', order: 'sequence', limit: 0, inWorkspace: true }),
  job: ({ inputFiles, outputFiles, namespaceFiles: ofNamespace, cache }) =>
    fileJob(
      {
        kind: 'workspace',
        ...(cache && { cache: { patterns: cache.patterns, ttlMs: parseDuration(cache.ttl ?? '') } }),
      },
      { inputFiles, outputFiles, namespaceFiles: ofNamespace },
    ),
});
