import * as z from '../../zod.ts';
import { dynamicBoolean } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { readState, stateKey, stateProperties } from './state-entry.ts';

export const getState = defineEdgeTask({
  type: 'core.state.Get',
  aliases: ['io.kestra.core.tasks.states.Get'],
  title: 'Read a state',
  deprecated: 'Use `core.kv.Get` instead of `core.state.Get`.',
  input: z.object({
    ...stateProperties,
    errorOnMissing: dynamicBoolean().default(false).describe('Fail when there is none.'),
  }),
  output: z.object({
    count: z.int().describe('Number of values.'),
    data: z.record(z.string(), z.unknown()).describe('The values.'),
  }),
  examples: [{ title: 'The state of the flow', yaml: 'errorOnMissing: false' }],
  async run({ errorOnMissing, ...state }, context) {
    const data = await readState(stateKey(state, context.identity), context);
    if (data === undefined && errorOnMissing) throw new TaskFailure(`Unable to find the state \`${state.name}\`.`);
    return { count: Object.keys(data ?? {}).length, data: data ?? {} };
  },
});
