/** Every trigger type: the only list. */
import { conditionDefinitions } from './conditions/registry.ts';
import { flowTrigger } from './flow.ts';
import { httpTrigger } from './http.ts';
import { mcpTool } from './mcp-tool.ts';
import { scheduleOnDates } from './schedule-on-dates.ts';
import { schedule } from './schedule.ts';
import { scriptTriggers } from './script.ts';
import type { TriggerDefinition } from './trigger.ts';
import { webhook } from './webhook.ts';

export { conditionDefinitions };

export const triggerDefinitions: readonly TriggerDefinition[] = [
  flowTrigger,
  httpTrigger,
  mcpTool,
  schedule,
  scheduleOnDates,
  webhook,
  ...scriptTriggers,
];
