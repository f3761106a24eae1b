import * as z from '../../zod.ts';
import { dynamic, durationText, expressionText, handlers, milliseconds, taskList } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const loopUntil = defineStructuralTask({
  type: 'core.flow.LoopUntil',
  aliases: ['core.flow.WaitFor', 'io.kestra.core.tasks.flows.WaitFor'],
  title: 'Run tasks again and again until a condition holds',
  description: 'The condition is rendered after each round, with the outputs of that round.',
  input: z.object({
    condition: expressionText().describe('The loop ends when this is truthy.'),
    tasks: taskList({ required: true }).describe('The tasks of one round.'),
    failOnMaxReached: z.boolean().default(false).describe('Fail when a maximum of `checkFrequency` is reached.'),
    checkFrequency: dynamic(
      z.object({
        maxIterations: dynamic(z.int().min(1)).optional().describe('The most rounds.'),
        maxDuration: durationText().optional().describe('No round starts later than this after the first.'),
        interval: durationText().optional().describe('Time between two rounds; a minute when absent.'),
      }),
    ).optional(),
    ...handlers,
  }),
  output: z.object({ iterationCount: z.int().describe('Which round it is, or was; the first is 1.') }),
  examples: [
    {
      title: 'Wait for a service, at most ten times',
      yaml: `condition: "{{ outputs.ask.code == 200 }}"
checkFrequency: { interval: PT30S, maxIterations: 10 }
tasks:
  - { id: ask, type: core.http.Request, uri: https://example.com/ready, options: { allowFailed: true } }`,
    },
  ],
  plan: ({ condition, failOnMaxReached, checkFrequency = {} }) => ({
    kind: 'repeat',
    list: 'tasks',
    until: condition,
    intervalMs: milliseconds(checkFrequency.interval ?? 'PT1M'),
    iterationsMax: checkFrequency.maxIterations,
    durationMsMax: checkFrequency.maxDuration === undefined ? undefined : milliseconds(checkFrequency.maxDuration),
    failOnMaxReached,
  }),
});
