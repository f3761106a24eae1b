import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { STATES } from '../../protocol/states.ts';
import { dynamic, dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const purgeExecutions = defineEdgeTask({
  type: 'core.execution.PurgeExecutions',
  aliases: ['core.storage.Purge', 'io.kestra.core.tasks.storages.Purge'],
  title: 'Delete ended executions with what belongs to them',
  input: z.object({
    namespace: dynamicText().optional().describe('Executions of this namespace and those below it.'),
    flowId: dynamicText().optional().describe('Executions of this flow.'),
    startDate: dynamicText().optional().describe('Those that ended at or after this.'),
    endDate: dynamicText().describe('Those that ended before this.'),
    states: dynamic(z.array(z.enum(STATES)))
      .optional()
      .describe('Those in one of these states.'),
    purgeExecution: dynamicBoolean().default(true).describe('Delete the executions.'),
    purgeLog: dynamicBoolean().default(true).describe('Delete their logs.'),
    purgeMetric: dynamicBoolean().default(true).describe('Delete their metrics.'),
    purgeStorage: dynamicBoolean().default(true).describe('Delete their files.'),
  }),
  output: z.object({
    executionsCount: z.int().optional(),
    logsCount: z.int().optional(),
    storagesCount: z.int().optional(),
    metricsCount: z.int().optional(),
  }),
  examples: [
    {
      title: 'What is older than a month',
      yaml: 'endDate: "{{ now() | dateAdd(-1, \'MONTHS\') }}"\nstates: [SUCCESS]',
    },
  ],
  run: (query, { executions }) => executions.purge(query as JsonObject),
});
