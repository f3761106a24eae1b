import * as z from '../../zod.ts';
import { dynamicBoolean } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { stateKey, stateProperties } from './state-entry.ts';

export const deleteState = defineEdgeTask({
  type: 'core.state.Delete',
  aliases: ['io.kestra.core.tasks.states.Delete'],
  title: 'Delete a state',
  deprecated: 'Use `core.kv.Delete` instead of `core.state.Delete`.',
  input: z.object({
    ...stateProperties,
    errorOnMissing: dynamicBoolean().default(false).describe('Fail when there is none.'),
  }),
  output: z.object({ deleted: z.boolean().describe('Whether there was one.') }),
  examples: [{ title: 'The state of the flow', yaml: 'errorOnMissing: false' }],
  async run({ errorOnMissing, ...state }, { kv, identity }) {
    const deleted = await kv.delete(identity.namespace, stateKey(state, identity));
    if (!deleted && errorOnMissing) throw new TaskFailure(`Unable to find the state \`${state.name}\`.`);
    return { deleted };
  },
});
