import * as z from '../zod.ts';
import { text } from '../tasks/properties.ts';
import { defineTrigger } from './trigger.ts';

export const mcpTool = defineTrigger({
  kind: 'tool',
  type: 'core.trigger.McpToolTrigger',
  title: 'Offer the flow as a tool to language models',
  description: 'The inputs of the flow become the arguments of the tool.',
  input: z.object({
    toolName: z.string().min(1).max(64).describe('Name of the tool.'),
    title: text().optional(),
    toolDescription: text().optional().describe('What the tool does, for the model.'),
    mcpServer: text().optional().describe('Server that offers it; `default` when absent.'),
    annotations: z
      .object({
        readOnly: z.boolean().optional(),
        destructive: z.boolean().optional(),
        openWorld: z.boolean().optional(),
        idempotent: z.boolean().optional(),
        returnDirect: z.boolean().optional(),
      })
      .optional(),
  }),
  output: z.object({}),
  examples: [
    { title: 'A tool', yaml: 'toolName: create_ticket\ntoolDescription: Creates a ticket and answers its number.' },
  ],
});
