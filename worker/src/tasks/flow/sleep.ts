import * as z from '../../zod.ts';
import { dynamicDuration, milliseconds } from '../properties.ts';
import { defineStructuralTask } from '../task.ts';

export const sleep = defineStructuralTask({
  type: 'core.flow.Sleep',
  aliases: ['io.kestra.core.tasks.flows.Sleep'],
  title: 'Wait for a time',
  runnable: true,
  input: z.object({ duration: dynamicDuration().describe('How long.') }),
  examples: [{ title: 'Five seconds', yaml: 'duration: PT5S' }],
  plan({ duration }, { log }) {
    log('INFO', `Waiting for ${duration}`);
    return { kind: 'wait', ms: Math.max(0, milliseconds(duration)) };
  },
});
