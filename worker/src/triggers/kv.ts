import * as z from '../zod.ts';
import { dynamicText } from '../tasks/properties.ts';
import { Change, interval, on } from './polling.ts';
import { defineTrigger } from './trigger.ts';

export const KvTriggerInput = z.object({
  namespace: dynamicText().optional().describe('Namespace of the store; the own one when absent.'),
  key: dynamicText().optional().describe('The key to watch.'),
  prefix: dynamicText()
    .optional()
    .describe('Watches every key that begins with it; all keys when this and `key` are absent.'),
  on,
  interval,
});

export const kvTrigger = defineTrigger({
  kind: 'polling',
  type: 'core.kv.Trigger',
  title: 'Start an execution when keys of the key-value store change',
  description: 'One execution for all changes since the last look. What is there at the first look is no change.',
  input: KvTriggerInput,
  output: z.object({
    namespace: z.string(),
    changes: z.array(z.object({ key: z.string(), change: Change })),
  }),
  examples: [
    { title: 'When a setting changes', yaml: 'key: price_list\non: [CREATED, UPDATED]' },
    { title: 'Every key of a kind', yaml: 'prefix: order.\ninterval: PT30S' },
  ],
});
