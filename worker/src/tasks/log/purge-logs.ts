import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { LOG_LEVELS } from '../../protocol/states.ts';
import { dynamic, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const purgeLogs = defineEdgeTask({
  type: 'core.log.PurgeLogs',
  title: 'Delete logs',
  input: z.object({
    namespace: dynamicText().optional().describe('Logs of this namespace and those below it.'),
    flowId: dynamicText().optional().describe('Logs of this flow.'),
    logLevels: dynamic(z.array(z.enum(LOG_LEVELS)))
      .optional()
      .describe('Lines of these levels.'),
    startDate: dynamicText().optional().describe('Lines written at or after this.'),
    endDate: dynamicText().describe('Lines written before this.'),
  }),
  output: z.object({ count: z.int().describe('How many lines were deleted.') }),
  examples: [
    {
      title: 'What is older than a month',
      yaml: 'endDate: "{{ now() | dateAdd(-1, \'MONTHS\') }}"\nlogLevels: [DEBUG, TRACE]',
    },
  ],
  async run(query, { executions }) {
    const purged = await executions.purge({
      ...(query as JsonObject),
      purgeExecution: false,
      purgeLog: true,
      purgeMetric: false,
      purgeStorage: false,
    });
    return { count: purged.logsCount ?? 0 };
  },
});
