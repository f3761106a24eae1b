import * as z from '../../zod.ts';
import { LOG_LEVELS } from '../../protocol/states.ts';
import { dynamic, dynamicText } from '../properties.ts';
import { defineInlineTask } from '../task.ts';

export const echo = defineInlineTask({
  type: 'core.debug.Echo',
  aliases: ['io.kestra.core.tasks.debugs.Echo'],
  title: 'Write a rendered text to the log',
  deprecated: 'Use `core.log.Log` instead of `core.debug.Echo`.',
  input: z.object({
    format: dynamicText().optional().describe('The text to log.'),
    level: dynamic(z.enum(LOG_LEVELS)).default('INFO').describe('The level of the log line.'),
  }),
  examples: [{ title: 'Log a value', yaml: 'format: "{{ inputs.name }}"\nlevel: DEBUG' }],
  run({ format, level }, context) {
    context.log(level, format ?? '');
  },
});
