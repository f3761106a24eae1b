import * as z from '../../zod.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { stringifyJson } from '../../protocol/json.ts';
import { LOG_LEVELS } from '../../protocol/states.ts';
import { dynamic, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const fetchLogs = defineEdgeTask({
  type: 'core.log.Fetch',
  aliases: ['io.kestra.core.tasks.log.Fetch'],
  title: 'Store the log of an execution as a file',
  input: z.object({
    executionId: dynamicText().optional().describe('Id of the execution; this one when absent.'),
    namespace: dynamicText().optional().describe('Namespace of its flow.'),
    flowId: dynamicText().optional().describe('Id of its flow.'),
    tasksId: dynamic(z.union([z.array(z.string()), z.string()]))
      .optional()
      .describe('Lines of these tasks only.'),
    level: dynamic(z.enum(LOG_LEVELS)).default('INFO').describe('Lines of this level and above.'),
  }),
  output: z.object({
    uri: z.string().describe('The file: a JSON object for each line.'),
    size: z.int().describe('Number of lines.'),
  }),
  examples: [{ title: 'Warnings and errors so far', yaml: 'level: WARN' }],
  async run({ executionId, tasksId, level, namespace, flowId }, { executions, identity, storage }) {
    const query: JsonObject = { executionId: executionId ?? identity.executionId, level };
    if (tasksId !== undefined) query.tasksId = typeof tasksId === 'string' ? [tasksId] : tasksId;
    if (namespace !== undefined) query.namespace = namespace;
    if (flowId !== undefined) query.flowId = flowId;
    const lines = await executions.logs(query);
    const { uri } = await storage.put('logs.ion', lines.map((line) => `${stringifyJson(line)}\n`).join(''));
    return { uri, size: lines.length };
  },
});
