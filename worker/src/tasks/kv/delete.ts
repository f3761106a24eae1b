import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import { noValue } from './get.ts';

export const deleteValue = defineEdgeTask({
  type: 'core.kv.Delete',
  title: 'Delete a value of the key-value store',
  input: z.object({
    key: dynamicText().describe('Its key.'),
    namespace: dynamicText().optional().describe('Namespace of the store; the own one when absent.'),
    errorOnMissing: dynamicBoolean().default(false).describe('Fail when there is none.'),
  }),
  output: z.object({ deleted: z.boolean().describe('Whether there was one.') }),
  examples: [{ title: 'Delete a value', yaml: 'key: last_count' }],
  async run({ key, namespace, errorOnMissing }, { kv, identity }) {
    const store = namespace ?? identity.namespace;
    const deleted = await kv.delete(store, key);
    if (!deleted && errorOnMissing) throw noValue(key, store);
    return { deleted };
  },
});
