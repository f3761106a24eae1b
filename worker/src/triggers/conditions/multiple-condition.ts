import * as z from '../../zod.ts';
import { durationText, extension, text } from '../../tasks/properties.ts';
import { TimeWindow } from '../time-window.ts';
import { defineCondition } from '../trigger.ts';
import { conditionDefinitions } from './registry.ts';

export const multipleCondition = defineCondition({
  type: 'core.condition.MultipleCondition',
  title: 'Several conditions hold within a time, each for some execution',
  deprecated: 'Use `preconditions` of the Flow trigger instead of `core.condition.MultipleCondition`.',
  about: 'execution',
  input: z.object({
    id: text().describe('Names what has been met so far.'),
    description: text().optional(),
    timeWindow: TimeWindow.optional().describe('The time in which all must hold.'),
    window: durationText().optional().describe('Former place of timeWindow.window.'),
    windowAdvance: durationText().optional().describe('Former place of timeWindow.windowAdvance.'),
    resetOnSuccess: z.boolean().optional().describe('Begin anew after an execution was started; true when absent.'),
    conditions: z
      .record(
        z.string(),
        extension(() => conditionDefinitions),
      )
      .describe('The conditions by a name.'),
  }),
  examples: [
    {
      title: 'Two flows in a day',
      yaml: `id: both
window: P1D
conditions:
  a: { type: core.condition.ExecutionFlow, namespace: company.team, flowId: a }
  b: { type: core.condition.ExecutionFlow, namespace: company.team, flowId: b }`,
    },
  ],
});
