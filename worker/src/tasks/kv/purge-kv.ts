import * as z from '../../zod.ts';
import { deprecated, dynamic, dynamicBoolean, dynamicText, dynamicTexts } from '../properties.ts';
import { globMatcher } from '../glob.ts';
import { defineEdgeTask } from '../task.ts';

export const purgeKv = defineEdgeTask({
  type: 'core.kv.PurgeKV',
  title: 'Delete expired values of the key-value store',
  input: z.object({
    namespaces: dynamicTexts().optional().describe('Namespaces of the stores; the own one when absent.'),
    namespacePattern: dynamicText().optional(),
    includeChildNamespaces: dynamicBoolean().default(true).describe('Those below them too.'),
    keyPattern: dynamicText().optional().describe('Glob of the keys.'),
    expiredOnly: deprecated(dynamicBoolean(), 'Use `behavior` instead of `expiredOnly`.')
      .default(true)
      .describe('Only values whose time is over.'),
    behavior: dynamic(z.record(z.string(), z.unknown())).optional(),
  }),
  output: z.object({ size: z.int().describe('How many were deleted.') }),
  examples: [{ title: 'Two namespaces', yaml: 'namespaces:\n  - company.team\n  - company.other' }],
  async run({ namespaces, keyPattern, expiredOnly }, { kv, identity, now }) {
    const isWanted = keyPattern === undefined ? () => true : await globMatcher([keyPattern]);
    let size = 0;
    for (const namespace of namespaces ?? [identity.namespace]) {
      for (const { key, expiresAt } of await kv.keys(namespace)) {
        const isOver = expiresAt !== undefined && expiresAt <= now();
        if (isWanted(key) && (isOver || !expiredOnly) && (await kv.delete(namespace, key))) size++;
      }
    }
    return { size };
  },
});
