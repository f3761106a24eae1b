/** Every trigger type: the only list. */
import { conditionDefinitions } from './conditions/registry.ts';
import { flowTrigger } from './flow.ts';
import { httpTrigger } from './http.ts';
import { kvTrigger } from './kv.ts';
import { mcpTool } from './mcp-tool.ts';
import { namespaceFilesTrigger } from './namespace-files.ts';
import { scheduleOnDates } from './schedule-on-dates.ts';
import { schedule } from './schedule.ts';
import { scriptTriggers } from './script.ts';
import { storageTrigger } from './storage.ts';
import type { TriggerDefinition } from './trigger.ts';
import { webhook } from './webhook.ts';

export { conditionDefinitions };

export const triggerDefinitions: readonly TriggerDefinition[] = [
  flowTrigger,
  httpTrigger,
  kvTrigger,
  mcpTool,
  namespaceFilesTrigger,
  schedule,
  scheduleOnDates,
  storageTrigger,
  webhook,
  ...scriptTriggers,
];
