import * as z from '../../zod.ts';
import { LOG_LEVELS } from '../../protocol/states.ts';
import { dynamic, text } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const log = defineInlineTask({
  type: 'core.log.Log',
  aliases: ['io.kestra.core.tasks.log.Log'],
  title: 'Write messages to the log of the execution',
  input: z.object({
    message: dynamic(z.union([z.string(), z.array(text())])).describe('One message or a list of them.'),
    level: dynamic(z.enum(LOG_LEVELS)).default('INFO').describe('The level of the log lines.'),
  }),
  examples: [
    { title: 'Greet', yaml: 'message: "Hello {{ inputs.name }}"' },
    { title: 'Several lines at a level', yaml: 'message:\n  - first\n  - second\nlevel: WARN' },
  ],
  run({ message, level }, context) {
    for (const line of Array.isArray(message) ? message : [message]) context.log(level, line);
  },
});
