import * as z from '../../zod.ts';
import { isTruthyText } from '../../expression/truth.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { STATES } from '../../protocol/states.ts';
import { dynamic, dynamicText, dynamicTexts, expressionText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const count = defineEdgeTask({
  type: 'core.execution.Count',
  aliases: ['core.execution.Counts', 'io.kestra.core.tasks.executions.Counts'],
  title: 'Count executions of flows',
  input: z.object({
    flows: dynamic(z.array(z.object({ namespace: dynamicText(), flowId: dynamicText() })))
      .optional()
      .describe('The flows to count for.'),
    namespaces: dynamicTexts().optional().describe('Count for all flows of these.'),
    states: dynamic(z.array(z.enum(STATES)))
      .optional()
      .describe('Count those in one of these states.'),
    startDate: dynamicText().optional().describe('Count those that started at or after this.'),
    endDate: dynamicText().optional().describe('Count those that started before this.'),
    expression: expressionText().describe('Keeps the flows for which it is truthy; it reads `count`.'),
  }),
  output: z.object({
    results: z
      .array(z.object({ namespace: z.string(), flowId: z.string(), count: z.int() }))
      .describe('The flows that were kept.'),
    total: z.int().describe('All their executions.'),
  }),
  examples: [
    {
      title: 'Flows that have not run today',
      yaml: `flows:
  - { namespace: company.team, flowId: load }
startDate: "{{ now() | date(\\"yyyy-MM-dd\\") }}"
expression: "{{ count == 0 }}"`,
    },
  ],
  async run({ expression, ...query }, { executions, render }) {
    const counted = await executions.count(query as JsonObject);
    const results: typeof counted = [];
    for (const result of counted) {
      const answer = await render(expression, {
        count: result.count,
        namespace: result.namespace,
        flowId: result.flowId,
      });
      if (isTruthyText(String(answer).trim())) results.push(result);
    }
    return { results, total: results.reduce((sum, result) => sum + result.count, 0) };
  },
});
