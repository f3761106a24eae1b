import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';

export const getValue = defineEdgeTask({
  type: 'core.kv.Get',
  title: 'Read a value of the key-value store',
  input: z.object({
    key: dynamicText().describe('Its key.'),
    namespace: dynamicText().optional().describe('Namespace of the store; the own one when absent.'),
    errorOnMissing: dynamicBoolean().default(false).describe('Fail when there is none.'),
  }),
  output: z.object({ value: z.unknown().describe('The value, with its type.') }),
  examples: [{ title: 'Read a number', yaml: 'key: last_count' }],
  async run({ key, namespace, errorOnMissing }, { kv, identity }) {
    const store = namespace ?? identity.namespace;
    const entry = await kv.get(store, key);
    if (entry === undefined && errorOnMissing) throw noValue(key, store);
    return { value: entry?.value ?? null };
  },
});

export function noValue(key: string, namespace: string): TaskFailure {
  return new TaskFailure(
    `No value found for key '${key}' in namespace '${namespace}' and \`errorOnMissing\` is set to true`,
  );
}
