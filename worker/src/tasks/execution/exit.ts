import * as z from '../../zod.ts';
import { dynamic } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

const STATES = ['SUCCESS', 'WARNING', 'FAILED', 'CANCELED', 'CANCELLED', 'KILLED'] as const;

export const exit = defineInlineTask({
  type: 'core.execution.Exit',
  title: 'End the execution',
  description: 'Nothing new starts, and what still runs is stopped.',
  input: z.object({ state: dynamic(z.enum(STATES)).default('SUCCESS').describe('The state it ends in.') }),
  examples: [{ title: 'End with a warning', yaml: 'state: WARNING' }],
  run({ state }, context) {
    context.exit(state === 'CANCELED' ? 'CANCELLED' : state);
  },
});
