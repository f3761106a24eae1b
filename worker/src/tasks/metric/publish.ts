import * as z from '../../zod.ts';
import { parseDuration } from '../../protocol/duration.ts';
import { dynamic, dynamicText, dynamicTextMap } from '../properties.ts';
import { defineInlineTask, TaskFailure } from '../task.ts';

const metric = z.object({
  name: dynamicText().describe('Its name.'),
  type: dynamic(z.enum(['counter', 'timer', 'COUNTER', 'TIMER', 'gauge'])).describe(
    'counter: a number; timer: a duration.',
  ),
  value: dynamicText().describe('A number, or for a timer a duration.'),
  tags: dynamicTextMap().default({}).describe('What tells it from others of the name.'),
});

export const publish = defineInlineTask({
  type: 'core.metric.Publish',
  title: 'Publish metrics of the execution',
  input: z.object({ metrics: dynamic(z.array(metric)).describe('The metrics.') }),
  examples: [
    {
      title: 'A counter and a timer',
      yaml: 'metrics:\n  - { name: rows, type: counter, value: 42 }\n  - { name: load, type: timer, value: PT3S }',
    },
  ],
  run({ metrics }, context) {
    for (const { name, type, value, tags } of metrics) {
      if (type === 'timer' || type === 'TIMER')
        context.metric({ name, type: 'timer', value: timerMs(name, value), tags });
      else context.metric({ name, type: 'counter', value: numberOf(name, value), tags });
    }
  },
});

function timerMs(name: string, value: string): number {
  // A bare number is seconds, as in the output protocol of scripts.
  return parseDuration(value) ?? numberOf(name, value) * 1000;
}

function numberOf(name: string, value: string): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!Number.isFinite(number))
    throw new TaskFailure(`Invalid value of the metric '${name}': \`${value}\` is no number.`);
  return number;
}
