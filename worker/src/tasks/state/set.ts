import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicMap } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import { readState, stateKey, stateProperties } from './state-entry.ts';

export const setState = defineEdgeTask({
  type: 'core.state.Set',
  aliases: ['io.kestra.core.tasks.states.Set'],
  title: 'Merge values into a state',
  deprecated: 'Use `core.kv.Set` instead of `core.state.Set`.',
  input: z.object({ ...stateProperties, data: dynamicMap().default({}).describe('The values.') }),
  output: z.object({
    count: z.int().describe('Number of values in the state.'),
    key: z.string().describe('Its key in the store.'),
  }),
  examples: [{ title: 'Remember a date', yaml: 'data:\n  last: "{{ execution.startDate }}"' }],
  async run({ data, ...state }, context) {
    const key = stateKey(state, context.identity);
    const merged = { ...(await readState(key, context)), ...(data as JsonObject) };
    await context.kv.set(context.identity.namespace, key, merged, { type: 'JSON' });
    return { count: Object.keys(merged).length, key };
  },
});
