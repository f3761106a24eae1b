import * as z from '../../zod.ts';
import { deprecated, dynamicDuration, handlers, inputDefinitions, milliseconds, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

const RESUME_AS = { RESUME: 'SUCCESS', WARN: 'WARNING', FAIL: 'FAILED', CANCEL: 'CANCELLED' } as const;

export const pause = defineStructuralTask({
  type: 'core.flow.Pause',
  aliases: ['io.kestra.core.tasks.flows.Pause'],
  title: 'Wait until somebody resumes the execution, or for a time',
  input: z.object({
    pauseDuration: dynamicDuration().optional().describe('Go on by itself after this time.'),
    delay: dynamicDuration().optional().describe('Former name of pauseDuration.'),
    timeout: dynamicDuration().optional().describe('Fail when nobody resumes in this time.'),
    behavior: z
      .enum(['RESUME', 'WARN', 'FAIL', 'CANCEL'])
      .default('RESUME')
      .describe('What happens when pauseDuration is over.'),
    onResume: inputDefinitions().optional().describe('Inputs that whoever resumes must give; outputs of the task.'),
    tasks: deprecated(taskList(), 'Put the tasks of a Pause after it.').describe('Tasks that run after the resume.'),
    ...handlers,
  }),
  output: z.object({
    onResume: z.record(z.string(), z.unknown()).optional().describe('The inputs given on resume.'),
    resumed: z.object({ by: z.string().optional(), on: z.string(), to: z.string() }).optional(),
  }),
  examples: [
    { title: 'Ask for an approval', yaml: 'onResume:\n  - { id: approved, type: BOOL, defaults: false }' },
    { title: 'Wait ten minutes at most', yaml: 'timeout: PT10M' },
  ],
  plan: ({ pauseDuration, delay, timeout, behavior }) => ({
    kind: 'pause',
    list: 'tasks',
    resumeAfterMs: maybeMs(pauseDuration ?? delay),
    resumeAs: RESUME_AS[behavior],
    timeoutMs: maybeMs(timeout),
  }),
});

function maybeMs(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : milliseconds(duration);
}
