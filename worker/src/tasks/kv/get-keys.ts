import * as z from '../../zod.ts';
import { dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const getKeys = defineEdgeTask({
  type: 'core.kv.GetKeys',
  title: 'List the keys of the key-value store',
  input: z.object({
    prefix: dynamicText().optional().describe('Only keys that begin with this.'),
    namespace: dynamicText().optional().describe('Namespace of the store; the own one when absent.'),
  }),
  output: z.object({ keys: z.array(z.string()).describe('The keys.') }),
  examples: [{ title: 'Some keys', yaml: 'prefix: last_' }],
  async run({ prefix, namespace }, { kv, identity }) {
    const entries = await kv.keys(namespace ?? identity.namespace, prefix);
    return { keys: entries.map(({ key }) => key) };
  },
});
