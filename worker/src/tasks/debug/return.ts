import * as z from '../../zod.ts';
import { dynamicText } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const returnValue = defineInlineTask({
  type: 'core.debug.Return',
  aliases: ['io.kestra.core.tasks.debugs.Return'],
  title: 'Return a rendered text as an output',
  description: 'Useful to compute a value once, or to look at what an expression gives.',
  input: z.object({ format: dynamicText().optional().describe('The text to render.') }),
  output: z.object({ value: z.string().optional().describe('The rendered text.') }),
  examples: [{ title: 'Show who runs', yaml: 'format: "{{ task.id }} > {{ taskrun.startDate }}"' }],
  run({ format }, context) {
    const startedAt = context.now();
    context.metric({ name: 'length', type: 'counter', value: format?.length ?? 0, tags: { format: format ?? '' } });
    context.metric({
      name: 'duration',
      type: 'timer',
      value: context.now() - startedAt,
      tags: { format: format ?? '' },
    });
    return { value: format };
  },
});
